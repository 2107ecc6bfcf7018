"""A convolution of volumes, group normalisation, the smaller of each value and 1, limits to [0, 1], dropout by a given
mask: out = clamp(min(norm(conv(x)), 1), 0, 1) * mask / 0.8.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 3 x 3 x 3 with bias, no
padding. norm: `groups` groups of channels, biased variance, eps 1e-5, weight (1) and bias (0) a channel. mask: bool
[batch_size, out_channels, depth - 2, height - 2, width - 2], false with probability 0.2. out: float32 [batch_size,
out_channels, depth - 2, height - 2, width - 2].

Strict variant of fuse/conv3d_group_norm_min_clamp_dropout. In the published task the lower limit is also the upper one,
so that every result is 0, and dropout draws a new mask in each run; here the smaller of each value and the upper limit
is taken, and the mask is an input.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 16
depth, height, width = 16, 64, 64
kernel_size = 3
groups = 8
min_value = 0.0
max_value = 1.0
dropout_p = 0.2

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 5, "height": 10, "width": 14, "groups": 4},
    "odd": {"batch_size": 1, "out_channels": 9, "depth": 5, "height": 7, "width": 13, "groups": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, groups, min_value, max_value, dropout_p):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size)
        self.norm = nn.GroupNorm(groups, out_channels)
        self.min_value = min_value
        self.max_value = max_value
        self.dropout_p = dropout_p

    def forward(self, x, mask):
        x = self.norm(self.conv(x))
        x = torch.min(x, torch.tensor(self.max_value, device=x.device))
        return torch.clamp(x, min=self.min_value, max=self.max_value) * mask / (1 - self.dropout_p)


def get_inputs():
    mask = torch.rand(batch_size, out_channels, depth - 2, height - 2, width - 2) >= dropout_p
    return [torch.rand(batch_size, in_channels, depth, height, width), mask]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, groups, min_value, max_value, dropout_p]
