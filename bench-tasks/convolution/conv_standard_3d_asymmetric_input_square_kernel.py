"""Convolution of volumes with a kernel of 3 x 3 x 1, so that slices along the last axis stay apart:
out[b, o, h, w, d] = sum over c, i, j of x[b, c, h + i, w + j, d] * conv3d.weight[o, c, i, j, 0].

x: float32 [batch_size, in_channels, height, width, depth], uniform in [0, 1). conv3d.weight: float32
[out_channels, in_channels, 3, 3, 1]. out: float32 [batch_size, out_channels, height - 2, width - 2, depth] (stride 1,
no padding, no bias).
The innermost axis is only 10 long: threads should run over width and depth together. 120 MiB in, 2.5 GiB out at full
size. KernelBench L1/59.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 3
out_channels = 64
kernel_size = 3
width = 256
height = 256
depth = 10

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "height": 11, "width": 14, "depth": 4},
    "odd": {"batch_size": 1, "out_channels": 17, "height": 9, "width": 13, "depth": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=False
    ):
        super().__init__()
        self.conv3d = nn.Conv3d(
            in_channels,
            out_channels,
            (kernel_size, kernel_size, 1),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
            bias=bias,
        )

    def forward(self, x):
        return self.conv3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width, depth)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
