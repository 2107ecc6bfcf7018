"""A transposed convolution of volumes, ReLU, group normalisation: out = group_norm(max(0, conv_transpose(x))).

x: float32 [batch_size, in_channels, D, H, W], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x 3, stride 1,
without bias; each axis grows by 2. group_norm: `groups` groups of channels, biased variance, eps 1e-5, weight (1) and
bias (0) a channel. out: float32 [batch_size, out_channels, D + 2, H + 2, W + 2].
A group of 16 channels has 51840 values (203 KiB) at full size, which one block of a large GPU can keep. 14 billion
operations. KernelBench L2/61 (larger there).
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 64
out_channels = 128
D, H, W = 8, 16, 16
kernel_size = 3
groups = 8
bias = False

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "D": 3, "H": 4, "W": 10, "groups": 4},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 9, "D": 3, "H": 5, "W": 9, "groups": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, groups, bias=False):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size, bias=bias)
        self.relu = nn.ReLU()
        self.group_norm = nn.GroupNorm(groups, out_channels)

    def forward(self, x):
        return self.group_norm(self.relu(self.conv_transpose(x)))


def get_inputs():
    return [torch.rand(batch_size, in_channels, D, H, W)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, groups, bias]
