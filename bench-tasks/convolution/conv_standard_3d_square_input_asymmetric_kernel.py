"""Convolution of cubes with a kernel of 3 x 5 x 7: out[b, o, u, v, w] = sum over c, i, j, k of
x[b, c, u + i, v + j, w + k] * conv3d.weight[o, c, i, j, k].

x: float32 [batch_size, in_channels, width, height, depth], uniform in [0, 1). conv3d.weight: float32
[out_channels, in_channels, 3, 5, 7]. out: float32 [batch_size, out_channels, width - 2, height - 4, depth - 6] (stride
1, no padding, no bias).
139 billion operations at full size; the 80 KiB of weights fit shared memory beside a tile of the input.
KernelBench L1/60.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 3
out_channels = 64
kernel_size = (3, 5, 7)
width = 64
height = 64
depth = 64

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "width": 6, "height": 11, "depth": 18},
    "odd": {"batch_size": 1, "out_channels": 19, "width": 7, "height": 9, "depth": 17},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=False
    ):
        super().__init__()
        self.conv3d = nn.Conv3d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)

    def forward(self, x):
        return self.conv3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, width, height, depth)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
