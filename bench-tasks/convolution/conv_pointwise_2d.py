"""Pointwise (1 x 1) convolution, a linear map across the channels of each pixel:
out[b, o, h, w] = sum over c of conv1d.weight[o, c, 0, 0] * x[b, c, h, w].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv1d.weight: float32
[out_channels, in_channels, 1, 1]. out: float32 [batch_size, out_channels, height, width] (no bias).
A product of a small weight (32 KiB, which shared memory holds) with 16 million columns: 275 billion operations on 12
GiB of traffic at full size. KernelBench L1/87.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 64
out_channels = 128
width = 1024
height = 1024

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 36, "height": 7, "width": 20},
    "odd": {"batch_size": 1, "in_channels": 17, "out_channels": 35, "height": 9, "width": 15},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, bias=False):
        super().__init__()
        self.conv1d = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=bias)

    def forward(self, x):
        return self.conv1d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels]
