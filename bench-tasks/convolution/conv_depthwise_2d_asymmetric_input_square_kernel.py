"""Depthwise convolution with a kernel of 3 x 3, on images twice as wide as high: each channel by itself,
out[b, c, h, w] = sum over i, j of x[b, c, h + i, w + j] * conv2d.weight[c, 0, i, j].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32 [out_channels, 1, 3, 3],
out_channels = in_channels. out: float32 [batch_size, out_channels, height - 2, width - 2] (stride 1, no padding, no
bias).
8 GiB of traffic at full size and 18 operations an output: a copy at the speed of memory, with a halo.
KernelBench L1/84.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 128
out_channels = 128
kernel_size = 3
width_in = 512
height_in = 256
stride = 1
padding = 0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 5, "out_channels": 5, "height_in": 13, "width_in": 44},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 7, "height_in": 11, "width_in": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, bias=False):
        super().__init__()
        self.conv2d = nn.Conv2d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, groups=in_channels, bias=bias
        )

    def forward(self, x):
        return self.conv2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height_in, width_in)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding]
