"""A transposed convolution, exact GELU, group normalisation: out = group_norm(gelu(conv_transpose(x))).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose: ConvTranspose2d 3 x 3, stride 1,
with bias. group_norm: num_groups groups of channels, biased variance, eps 1e-5, weight (1) and bias (0) a channel. out:
float32 [batch_size, out_channels, height + 2, width + 2]. The constructor's groups is ignored.
618 billion operations, and 2 GiB that are written, read for the statistics and written again at full size.
KernelBench L2/19.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 64
height, width = 256, 256
kernel_size = 3
stride = 1
groups = 8
num_groups = 8

PRESETS = {
    "small": {
        "batch_size": 2,
        "in_channels": 6,
        "out_channels": 12,
        "height": 9,
        "width": 18,
        "groups": 4,
        "num_groups": 4,
    },
    "odd": {
        "batch_size": 1,
        "in_channels": 5,
        "out_channels": 15,
        "height": 9,
        "width": 17,
        "groups": 3,
        "num_groups": 3,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, groups, num_groups):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(in_channels, out_channels, kernel_size, stride=stride)
        self.group_norm = nn.GroupNorm(num_groups, out_channels)

    def forward(self, x):
        x = nn.functional.gelu(self.conv_transpose(x))
        return self.group_norm(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, groups, num_groups]
