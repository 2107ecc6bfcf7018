"""Means of overlapping cubes: each output is the mean of a 3 x 3 x 3 window at every second position along each axis;
positions outside the input count as 0 and are counted (the divisor is always 27).

x: float32 [batch_size, channels, depth, height, width], uniform in [0, 1). out: float32, each axis halved (rounded up).
kernel_size = 3, stride = 2, padding = 1.
8 GiB are read at full size if neighbouring outputs share their windows, up to 27 GiB if not. KernelBench L1/46.
"""

import torch
import torch.nn as nn

batch_size = 16
channels = 32
depth = 128
height = 128
width = 256
kernel_size = 3
stride = 2
padding = 1

PRESETS = {
    "small": {"batch_size": 2, "channels": 3, "depth": 6, "height": 10, "width": 20},
    "odd": {"batch_size": 1, "channels": 3, "depth": 7, "height": 9, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, kernel_size, stride, padding):
        super().__init__()
        self.avg_pool = nn.AvgPool3d(kernel_size, stride=stride, padding=padding)

    def forward(self, x):
        return self.avg_pool(x)


def get_inputs():
    return [torch.rand(batch_size, channels, depth, height, width)]


def get_init_inputs():
    return [kernel_size, stride, padding]
