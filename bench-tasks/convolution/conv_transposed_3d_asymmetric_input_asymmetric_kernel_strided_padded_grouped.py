"""Transposed convolution of volumes with a kernel of 3 x 5 x 7, stride 2, padding (1, 2, 3), output padding 1 and 4
groups: each axis doubles. Input (d, h, w) adds x[b, c, d, h, w] * conv_transpose3d.weight[c, o, i, j, k] to
out[b, g * out_channels / 4 + o, 2 * d - 1 + i, 2 * h - 2 + j, 2 * w - 3 + k], g the group of channel c; what falls
outside is lost.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose3d.weight: float32
[in_channels, out_channels / 4, 3, 5, 7]. out: float32 [batch_size, out_channels, 2 * depth, 2 * height, 2 * width] (no
bias).
Which taps meet an output depends on the parity of its three coordinates: eight small convolutions in one. 6 billion
operations on 122 MiB at full size. KernelBench L1/72.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 32
out_channels = 32
kernel_size = (3, 5, 7)
depth = 12
height = 24
width = 48
stride = (2, 2, 2)
padding = (1, 2, 3)
output_padding = (1, 1, 1)
groups = 4

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 12, "depth": 3, "height": 5, "width": 10},
    "odd": {
        "batch_size": 1,
        "in_channels": 9,
        "out_channels": 15,
        "depth": 3,
        "height": 5,
        "width": 7,
        "output_padding": (0, 0, 0),
        "groups": 3,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias=False):
        super().__init__()
        self.conv_transpose3d = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias
        )

    def forward(self, x):
        return self.conv_transpose3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, groups]
