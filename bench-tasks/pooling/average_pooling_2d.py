"""Means of square tiles: each output is the mean of a kernel_size x kernel_size tile; tiles do not overlap, and what is
left over at the right and below counts nowhere.

x: float32 [batch_size, channels, height, width], uniform in [0, 1). out: float32
[batch_size, channels, height // kernel_size, width // kernel_size]. kernel_size = 11, stride = kernel_size, no padding.
Tiles of 11 rows of 44 bytes meet no sector boundary; 1 GiB is read at full size. KernelBench L1/45 (2048 x 2048 there).
"""

import torch
import torch.nn as nn

batch_size = 16
channels = 64
height = 512
width = 512
kernel_size = 11

PRESETS = {
    "small": {"batch_size": 2, "channels": 5, "height": 47, "width": 60},
    "odd": {"batch_size": 1, "channels": 3, "height": 35, "width": 45},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.avg_pool = nn.AvgPool2d(kernel_size, stride=stride, padding=padding)

    def forward(self, x):
        return self.avg_pool(x)


def get_inputs():
    return [torch.rand(batch_size, channels, height, width)]


def get_init_inputs():
    return [kernel_size]
