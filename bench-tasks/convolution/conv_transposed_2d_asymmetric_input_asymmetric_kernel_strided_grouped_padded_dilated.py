"""Transposed convolution with everything at once: a kernel of 3 x 5, stride (2, 3), padding (1, 2), dilation (2, 1) and
4 groups. Input (h, w) adds x[b, c, h, w] * conv_transpose2d.weight[c, o, i, j] to
out[b, g * out_channels / 4 + o, 2 * h - 1 + 2 * i, 3 * w - 2 + j], g the group of channel c; what falls outside is
lost.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose2d.weight: float32
[in_channels, out_channels / 4, 3, 5]. out: float32 [batch_size, out_channels, 2 * height + 1, 3 * width - 2] (no bias).
Rows: stride and dilation share the factor 2, so that every second output row is 0. 8 billion operations, 769 MiB out at
full size: writing decides. KernelBench L1/75.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
kernel_size = (3, 5)
height = 128
width = 256
stride = (2, 3)
padding = (1, 2)
dilation = (2, 1)
groups = 4

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "height": 9, "width": 14},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 15, "groups": 3, "height": 7, "width": 13},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias=False):
        super().__init__()
        self.conv_transpose2d = nn.ConvTranspose2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
            bias=bias,
        )

    def forward(self, x):
        return self.conv_transpose2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, dilation, groups]
