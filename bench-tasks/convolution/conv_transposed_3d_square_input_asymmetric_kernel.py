"""Transposed convolution of cubes with a kernel of 3 x 5 x 5: out[b, o, d, w, h] = sum over c, i, j, k of
x[b, c, d - i, w - j, h - k] * conv_transpose3d.weight[c, o, i, j, k], 0 outside the cube.

x: float32 [batch_size, in_channels, depth, width, height], uniform in [0, 1). conv_transpose3d.weight: float32
[in_channels, out_channels, 3, 5, 5]. out: float32 [batch_size, out_channels, depth + 2, width + 4, height + 4] (stride
1, no padding, no bias).
1.3 trillion operations on 1.7 GiB at full size, the heaviest of the convolutions. KernelBench L1/68.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
kernel_size = (3, 5, 5)
depth = 64
width = 64
height = 64

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "depth": 4, "width": 5, "height": 8},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 9, "depth": 3, "width": 5, "height": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=(1, 1, 1),
        padding=(0, 0, 0),
        output_padding=(0, 0, 0),
        groups=1,
        bias=False,
    ):
        super().__init__()
        self.conv_transpose3d = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias
        )

    def forward(self, x):
        return self.conv_transpose3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, width, height)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
