"""A 3 x 3 convolution, group normalisation, a scale a channel, maxima of tiles, limits:
out = clamp(maximum of the 4 x 4 tiles of scale * group_norm(conv(x)), 0, 1).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. group_norm:
num_groups groups of channels, biased variance, eps 1e-5, weight (1) and bias (0) a channel. scale: float32
[out_channels, 1, 1], ones. out: float32 [batch_size, out_channels, (height - 2) // 4, (width - 2) // 4].
The largest of 16 normalised values is mostly above 1: many outputs sit at the upper limit. Four channels make a group,
whose statistics are wanted before any maximum is known. KernelBench L2/85.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 128, 128
kernel_size = 3
num_groups = 16
scale_shape = (out_channels, 1, 1)
maxpool_kernel_size = 4
clamp_min = 0.0
clamp_max = 1.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "height": 19, "width": 22, "num_groups": 3},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 15, "height": 15, "width": 31, "num_groups": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        num_groups,
        scale_shape,
        maxpool_kernel_size,
        clamp_min,
        clamp_max,
    ):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.group_norm = nn.GroupNorm(num_groups, out_channels)
        self.scale = nn.Parameter(torch.ones(scale_shape))
        self.maxpool = nn.MaxPool2d(maxpool_kernel_size)
        self.clamp_min = clamp_min
        self.clamp_max = clamp_max

    def forward(self, x):
        x = self.group_norm(self.conv(x)) * self.scale
        return torch.clamp(self.maxpool(x), self.clamp_min, self.clamp_max)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [
        in_channels,
        out_channels,
        kernel_size,
        num_groups,
        scale_shape,
        maxpool_kernel_size,
        clamp_min,
        clamp_max,
    ]
