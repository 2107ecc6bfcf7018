"""A transposed convolution of volumes, swish, group normalisation, hard swish:
out = hardswish(group_norm(v * sigmoid(v))), v = conv_transpose(x) and hardswish(t) = t * min(6, max(0, t + 3)) / 6.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, with bias; each axis n becomes 2 * n - 1. group_norm: `groups` groups of channels, biased
variance, eps 1e-5, weight (1) and bias (0) a channel. out: float32 [batch_size, out_channels, …].
A group has half a million values at full size: statistics first, then 962 MiB once more. KernelBench L2/60.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 16
depth, height, width = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1
groups = 4
eps = 1e-5

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 3, "height": 4, "width": 9},
    "odd": {"batch_size": 1, "out_channels": 9, "depth": 3, "height": 4, "width": 7, "groups": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, groups, eps, bias=True):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, bias=bias
        )
        self.group_norm = nn.GroupNorm(groups, out_channels, eps=eps)

    def forward(self, x):
        x = self.conv_transpose(x)
        x = self.group_norm(torch.sigmoid(x) * x)
        return nn.functional.hardswish(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, groups, eps]
