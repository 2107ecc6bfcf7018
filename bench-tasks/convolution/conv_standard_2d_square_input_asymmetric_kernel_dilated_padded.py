"""Convolution with a kernel of 5 x 9, spread and padded differently along each axis: out[b, o, h, w] =
sum over c, i, j of x[b, c, h - 2 + 2 * i, w - 4 + 3 * j] * conv2d.weight[o, c, i, j], 0 outside the image.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32
[out_channels, in_channels, 5, 9]. out: float32 [batch_size, out_channels, height - 4, width - 16] (stride 1, padding
(2, 4), dilation (2, 3), no bias).
A window spans 9 x 25 pixels: tiles need wide halos. 372 billion operations at full size. KernelBench L1/80.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 32
out_channels = 64
kernel_size = (5, 9)
width = 512
height = 512
stride = 1
padding = (2, 4)
dilation = (2, 3)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "height": 13, "width": 36},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 17, "height": 15, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, bias=False):
        super().__init__()
        self.conv2d = nn.Conv2d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, dilation=dilation, bias=bias
        )

    def forward(self, x):
        return self.conv2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, dilation]
