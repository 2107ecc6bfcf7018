"""Transposed convolution of volumes with a kernel of 3 x 3 x 3, stride 2 and padding 1: input (d, h, w) adds
x[b, c, d, h, w] * conv_transpose3d.weight[c, o, i, j, k] to out[b, o, 2 * d - 1 + i, 2 * h - 1 + j, 2 * w - 1 + k];
what falls outside is lost.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose3d.weight: float32
[in_channels, out_channels, 3, 3, 3]. out: float32 [batch_size, out_channels, 2 * depth - 1, 2 * height - 1,
2 * width - 1] (no bias). Despite the name there is one group: the fourth number after the channels, 4, was meant for
groups, is bound to output_padding, and is ignored.
An output meets 1, 2, 4 or 8 taps by the parities of its coordinates. 58 billion operations on 1.1 GiB at full size.
KernelBench L1/73.
"""

import torch
import torch.nn as nn

batch_size = 4
in_channels = 32
out_channels = 32
kernel_size = 3
depth = 32
height = 64
width = 128
stride = 2
padding = 1
output_padding = 4

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 12, "depth": 3, "height": 4, "width": 10},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 9, "depth": 3, "height": 5, "width": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding, output_padding, groups=1, bias=False
    ):
        super().__init__()
        self.conv_transpose3d = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, groups=groups, bias=bias
        )

    def forward(self, x):
        return self.conv_transpose3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding]
