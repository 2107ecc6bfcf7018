"""One-dimensional convolution with a kernel of 3: out[b, o, t] = sum over c, i of
x[b, c, t + i] * conv1d.weight[o, c, i].

x: float32 [batch_size, in_channels, length], uniform in [0, 1). conv1d.weight: float32 [out_channels, in_channels, 3].
out: float32 [batch_size, out_channels, length - 2] (stride 1, no padding, no bias).
A product with an inner dimension of 192 whose operand overlaps itself: 206 billion operations on 3 GiB at full size.
KernelBench L1/67.
"""

import torch
import torch.nn as nn

batch_size = 32
in_channels = 64
out_channels = 128
kernel_size = 3
length = 131072

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "length": 142},
    "odd": {"batch_size": 3, "in_channels": 7, "out_channels": 17, "length": 131},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=False
    ):
        super().__init__()
        self.conv1d = nn.Conv1d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)

    def forward(self, x):
        return self.conv1d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, length)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
