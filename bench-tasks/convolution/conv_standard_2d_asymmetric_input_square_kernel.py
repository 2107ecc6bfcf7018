"""Convolution with a kernel of 3 x 3, on images twice as wide as high: out[b, o, h, w] = sum over c, i, j of
x[b, c, h + i, w + j] * conv2d.weight[o, c, i, j].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32
[out_channels, in_channels, 3, 3]. out: float32 [batch_size, out_channels, height - 2, width - 2] (stride 1, no padding,
no bias).
615 billion operations on 3 GiB at full size; Winograd's form saves over half of the multiplications at some loss of
accuracy. KernelBench L1/55.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 64
out_channels = 128
kernel_size = 3
height = 512
width = 1024

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "height": 12, "width": 30},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 17, "height": 13, "width": 35},
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
