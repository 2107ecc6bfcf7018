"""Transposed one-dimensional convolution with stride 2, padding 1 and dilation 2: input t adds
x[b, c, t] * conv1d_transpose.weight[c, o, i] to out[b, o, 2 * t - 1 + 2 * i], i = 0, 1, 2; what falls outside is lost.

x: float32 [batch_size, in_channels, length], uniform in [0, 1). conv1d_transpose.weight: float32
[in_channels, out_channels, 3]. out: float32 [batch_size, out_channels, 2 * length + 1] (no bias).
Stride and dilation share the factor 2: only odd positions of the output receive anything, half of it is exactly 0.
26 billion operations on 1.25 GiB at full size. KernelBench L1/79.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
kernel_size = 3
stride = 2
padding = 1
dilation = 2
length = 131072

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "length": 68},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 17, "length": 67},
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
