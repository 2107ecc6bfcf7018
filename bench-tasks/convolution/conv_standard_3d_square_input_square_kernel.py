"""Convolution of cubes with a kernel of 3 x 3 x 3: out[b, o, d, h, w] = sum over c, i, j, k of
x[b, c, d + i, h + j, w + k] * conv3d.weight[o, c, i, j, k].

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv3d.weight: float32
[out_channels, in_channels, 3, 3, 3]. out: float32 [batch_size, out_channels, depth - 2, height - 2, width - 2] (stride
1, no padding, no bias).
81 products an output: at 39 billion operations and 1 GiB of traffic, nearly all of it output, neither limit is far from
the other. KernelBench L1/54.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 3
out_channels = 64
kernel_size = 3
depth = 64
width = 64
height = 64

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 5, "height": 9, "width": 14},
    "odd": {"batch_size": 1, "out_channels": 17, "depth": 7, "height": 9, "width": 15},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=False
    ):
        super().__init__()
        self.conv3d = nn.Conv3d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)

    def forward(self, x):
        return self.conv3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
