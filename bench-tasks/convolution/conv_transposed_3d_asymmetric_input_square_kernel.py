"""Transposed convolution of volumes with a kernel of 3 x 3 x 3, to half as many channels: out[b, o, d, h, w] =
sum over c, i, j, k of x[b, c, d - i, h - j, w - k] * conv_transpose3d.weight[c, o, i, j, k], 0 outside the volume.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose3d.weight: float32
[in_channels, out_channels, 3, 3, 3]. out: float32 [batch_size, out_channels, depth + 2, height + 2, width + 2] (stride
1, no padding, no bias).
440 billion operations on 2 GiB at full size. 24 output channels are no power of two for a tile. KernelBench L1/70.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 48
out_channels = 24
kernel_size = 3
depth = 96
height = 96
width = 96

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 6, "depth": 4, "height": 5, "width": 10},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 5, "depth": 3, "height": 7, "width": 15},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        dilation=1,
        groups=1,
        bias=False,
    ):
        super().__init__()
        self.conv_transpose3d = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation
        )

    def forward(self, x):
        return self.conv_transpose3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
