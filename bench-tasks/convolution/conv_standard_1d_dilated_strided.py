"""One-dimensional convolution with stride and dilation: out[b, o, t] = sum over c, i of
x[b, c, 3 * t + 4 * i] * conv1d.weight[o, c, i], i = 0, 1, 2.

x: float32 [batch_size, in_channels, length], uniform in [0, 1). conv1d.weight: float32 [out_channels, in_channels, 3].
out: float32 [batch_size, out_channels, (length - 9) // 3 + 1] (stride 3, dilation 4, no padding, no bias).
A row is read at every third place by three taps that land on different thirds: all of it is needed, nothing is
contiguous. 550 billion operations on 13 GiB at full size. KernelBench L1/76.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 64
out_channels = 128
kernel_size = 3
length = 524280
stride = 3
dilation = 4

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "length": 212},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 21, "length": 203},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, dilation, bias=False):
        super().__init__()
        self.conv1d = nn.Conv1d(in_channels, out_channels, kernel_size, stride=stride, dilation=dilation, bias=bias)

    def forward(self, x):
        return self.conv1d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, length)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, dilation]
