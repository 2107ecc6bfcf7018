"""Depthwise convolution with a kernel of 3 x 3: each channel by itself,
out[b, c, h, w] = sum over i, j of x[b, c, h + i, w + j] * conv2d.weight[c, 0, i, j].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32 [in_channels, 1, 3, 3].
out: float32 [batch_size, in_channels, height - 2, width - 2] (stride 1, no padding, no bias).
Nine reads an output, of which neighbours share all but one: 2 GiB of traffic at full size. KernelBench L1/82.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 64
kernel_size = 3
width = 512
height = 512
stride = 1
padding = 0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 5, "height": 20, "width": 36},
    "odd": {"batch_size": 3, "in_channels": 3, "height": 13, "width": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, kernel_size, stride, padding, bias=False):
        super().__init__()
        self.conv2d = nn.Conv2d(
            in_channels, in_channels, kernel_size, stride=stride, padding=padding, groups=in_channels, bias=bias
        )

    def forward(self, x):
        return self.conv2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, kernel_size, stride, padding]
