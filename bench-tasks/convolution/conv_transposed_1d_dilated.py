"""Transposed one-dimensional convolution with a kernel of 5 spread by 3: out[b, o, t] = sum over c, i of
x[b, c, t - 3 * i] * conv1d_transpose.weight[c, o, i], 0 outside the input.

x: float32 [batch_size, in_channels, length], uniform in [0, 1). conv1d_transpose.weight: float32
[in_channels, out_channels, 5]. out: float32 [batch_size, out_channels, length + 12] (stride 1, no padding, no bias).
Taps are 3 apart: a tile needs a halo of 12. 86 billion operations on 1.5 GiB at full size. KernelBench L1/74.
"""

import torch
import torch.nn as nn

batch_size = 32
in_channels = 32
out_channels = 64
kernel_size = 5
stride = 1
padding = 0
dilation = 3
length = 131072

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "length": 120},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 19, "length": 117},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, bias=False):
        super().__init__()
        self.conv1d_transpose = nn.ConvTranspose1d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, dilation=dilation, bias=bias
        )

    def forward(self, x):
        return self.conv1d_transpose(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, length)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, dilation]
