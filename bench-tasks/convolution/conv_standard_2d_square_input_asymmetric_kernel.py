"""Convolution with a kernel of 5 x 9: out[b, o, h, w] = sum over c, i, j of
x[b, c, h + i, w + j] * conv2d.weight[o, c, i, j].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32
[out_channels, in_channels, 5, 9]. out: float32 [batch_size, out_channels, height - 4, width - 8] (stride 1, no padding,
no bias).
A wide kernel: 45 products an element of the window, each input used 45 times a filter. 378 billion operations at full
size. KernelBench L1/62.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 32
out_channels = 64
kernel_size = (5, 9)
height = 512
width = 512

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "height": 16, "width": 28},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 17, "height": 13, "width": 27},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=False
    ):
        super().__init__()
        self.conv2d = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)

    def forward(self, x):
        return self.conv2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
