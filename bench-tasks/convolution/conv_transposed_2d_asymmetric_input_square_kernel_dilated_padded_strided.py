"""Transposed convolution with a kernel of 3 x 3, stride 5, padding 1 and dilation 2: input (h, w) adds
x[b, c, h, w] * conv_transpose2d.weight[c, o, i, j] to out[b, o, 5 * h - 1 + 2 * i, 5 * w - 1 + 2 * j]; what falls
outside is lost.

x: float32 [batch_size, in_channels, height_in, width_in], uniform in [0, 1). conv_transpose2d.weight: float32
[in_channels, out_channels, 3, 3]. out: float32 [batch_size, out_channels, 5 * height_in - 2, 5 * width_in - 2] (no
bias). The stride exceeds the three taps: an output receives from one input at most, and 16 of each 25 are 0. 5 billion
operations, 793 MiB out at full size: writing decides. KernelBench L1/81.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
kernel_size = 3
height_in = 64
width_in = 128
stride = 5
padding = 1
dilation = 2

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 12, "height_in": 6, "width_in": 10},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 9, "height_in": 5, "width_in": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, bias=False):
        super().__init__()
        self.conv_transpose2d = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, dilation=dilation, bias=bias
        )

    def forward(self, x):
        return self.conv_transpose2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height_in, width_in)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, dilation]
