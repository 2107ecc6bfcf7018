"""Maxima of overlapping 3 x 3 x 3 windows at every second position along each axis; positions outside the input never
win.

x: float32 [batch_size, channels, dim1, dim2, dim3], uniform in [0, 1). out: float32, each axis halved (rounded up).
kernel_size = 3, stride = 2, padding = 1, return_indices = False, ceil_mode = False.
The largest of 27 uniform values is close to 1. 4 GiB in, 512 MiB out at full size. KernelBench L1/43 (dilated by 3
there).
"""

import torch
import torch.nn as nn

batch_size = 16
channels = 32
dim1 = 128
dim2 = 128
dim3 = 128
kernel_size = 3
stride = 2
padding = 1

PRESETS = {
    "small": {"batch_size": 2, "channels": 3, "dim1": 7, "dim2": 10, "dim3": 28},
    "odd": {"batch_size": 1, "channels": 3, "dim1": 9, "dim2": 7, "dim3": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, kernel_size, stride, padding, return_indices=False, ceil_mode=False):
        super().__init__()
        self.maxpool = nn.MaxPool3d(
            kernel_size, stride=stride, padding=padding, return_indices=return_indices, ceil_mode=ceil_mode
        )

    def forward(self, x):
        return self.maxpool(x)


def get_inputs():
    return [torch.rand(batch_size, channels, dim1, dim2, dim3)]


def get_init_inputs():
    return [kernel_size, stride, padding]
