"""Transposed convolution of cubes with a kernel of 3 x 3 x 3: out[b, o, d, h, w] = sum over c, i, j, k of
x[b, c, d - i, h - j, w - k] * conv_transpose3d.weight[c, o, i, j, k], 0 outside the cube.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose3d.weight: float32
[in_channels, out_channels, 3, 3, 3]. out: float32 [batch_size, out_channels, depth + 2, height + 2, width + 2] (stride
1, no padding, no bias).
261 billion operations on 805 MiB at full size; 48 channels are one and a half warps. KernelBench L1/61.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 48
out_channels = 48
kernel_size = 3
depth = 64
height = 64
width = 64

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "depth": 3, "height": 6, "width": 10},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 7, "depth": 5, "height": 5, "width": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=False
    ):
        super().__init__()
        self.conv_transpose3d = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias
        )

    def forward(self, x):
        return self.conv_transpose3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
