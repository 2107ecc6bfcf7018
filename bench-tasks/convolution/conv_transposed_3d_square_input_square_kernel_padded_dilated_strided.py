"""Transposed convolution of volumes with a kernel of 3 x 3 x 3, stride 2, padding 1 and dilation 2: input (d, h, w)
adds x[b, c, d, h, w] * conv_transpose3d.weight[c, o, i, j, k] to
out[b, o, 2 * (d + i) - 1, 2 * (h + j) - 1, 2 * (w + k) - 1]; what falls outside is lost.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose3d.weight: float32
[in_channels, out_channels, 3, 3, 3]. out: float32 [batch_size, out_channels, 2 * depth + 1, 2 * height + 1,
2 * width + 1] (no bias).
Stride and dilation share the factor 2: only outputs with three odd coordinates receive anything, seven of eight are
exactly 0. 29 billion operations, 545 MiB out at full size. KernelBench L1/77.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
kernel_size = 3
depth = 16
height = 32
width = 32
stride = 2
padding = 1
dilation = 2

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "depth": 4, "height": 5, "width": 8},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 7, "depth": 3, "height": 5, "width": 7},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, bias=False):
        super().__init__()
        self.conv_transpose3d = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, dilation=dilation, bias=bias
        )

    def forward(self, x):
        return self.conv_transpose3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, dilation]
