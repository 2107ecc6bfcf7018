"""Convolution with a kernel of 5 x 7: out[b, o, h, w] = sum over c, i, j of
x[b, c, h + i, w + j] * conv2d.weight[o, c, i, j].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32
[out_channels, in_channels, 5, 7]. out: float32 [batch_size, out_channels, height - 4, width - 6] (stride 1, no padding,
no bias).
583 billion operations at full size, an inner dimension of 2240: a matrix product whose second operand is gathered from
overlapping windows. KernelBench L1/56.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 64
out_channels = 128
kernel_size = (5, 7)
height = 512
width = 256

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 15, "width": 26},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 19, "height": 13, "width": 23},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=(1, 1),
        padding=(0, 0),
        dilation=(1, 1),
        groups=1,
        bias=False,
    ):
        super().__init__()
        self.conv2d = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)

    def forward(self, x):
        return self.conv2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
