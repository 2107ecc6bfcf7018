"""A convolution of volumes, group normalisation, and the mean of each sample: out[b] = mean of group_norm(conv(x))[b].

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 3 x 3 x 3 with bias, no
padding. group_norm: num_groups groups of channels, biased variance, eps 1e-5, weight (normal with a standard deviation
of 4) and bias (standard normal) a channel. out: float32 [batch_size].
Sums and sums of squares a channel suffice for the result.

Strict variant of fuse/conv3d_group_norm_mean. Published weights of the norm are 1 and its biases 0, so that every mean
is 0 and the work cancels out; here both are drawn, and channels count differently.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 24
depth, height, width = 24, 32, 32
kernel_size = 3
num_groups = 8

PRESETS = {
    "small": {
        "batch_size": 3,
        "out_channels": 12,
        "depth": 5,
        "height": 8,
        "width": 14,
        "num_groups": 4,
    },
    "odd": {"batch_size": 5, "out_channels": 9, "depth": 5, "height": 7, "width": 9, "num_groups": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, num_groups):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size)
        self.group_norm = nn.GroupNorm(num_groups, out_channels)
        nn.init.normal_(self.group_norm.weight, std=4.0)
        nn.init.normal_(self.group_norm.bias)

    def forward(self, x):
        return self.group_norm(self.conv(x)).mean(dim=(1, 2, 3, 4))


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, num_groups]
