"""Depthwise convolution along columns only, a kernel of 3 x 1: out[b, c, h, w] = sum over i of
x[b, c, h + i, w] * conv2d.weight[c, 0, i, 0].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32 [in_channels, 1, 3, 1].
out: float32 [batch_size, in_channels, height - 2, width] (stride 1, no padding, no bias).
No thread needs a neighbour's column; walking down a column each input is read once. 1 GiB of traffic at full size.
KernelBench L1/83.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 8
kernel_size = 3
width = 512
height = 512
stride = 1
padding = 0
dilation = 1

PRESETS = {
    "small": {"batch_size": 3, "in_channels": 5, "height": 18, "width": 36},
    "odd": {"batch_size": 1, "in_channels": 3, "height": 35, "width": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, kernel_size, stride, padding, dilation, bias=False):
        super().__init__()
        self.conv2d = nn.Conv2d(
            in_channels,
            in_channels,
            (kernel_size, 1),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=in_channels,
            bias=bias,
        )

    def forward(self, x):
        return self.conv2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, kernel_size, stride, padding, dilation]
