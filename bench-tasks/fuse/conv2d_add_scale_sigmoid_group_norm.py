"""A 3 x 3 convolution, a second bias, a scale and a sigmoid a channel, then group normalisation:
out = group_norm(sigmoid((conv(x) + bias) * scale)).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. bias, scale:
float32 [out_channels, 1, 1], standard normal. group_norm: num_groups groups of channels, biased variance, eps 1e-5,
weight (1) and bias (0) a channel. out: float32 [batch_size, out_channels, height - 2, width - 2].
Eight input channels make a thin convolution: the 1 GiB of results at full size, written and normalised, is the work.
KernelBench L2/21.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 32
height, width = 256, 256
kernel_size = 3
num_groups = 8
bias_shape = (out_channels, 1, 1)
scale_shape = (out_channels, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "height": 14, "width": 14, "num_groups": 4},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 15, "height": 11, "width": 11, "num_groups": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, num_groups, bias_shape, scale_shape):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.scale = nn.Parameter(torch.randn(scale_shape))
        self.group_norm = nn.GroupNorm(num_groups, out_channels)

    def forward(self, x):
        x = (self.conv(x) + self.bias) * self.scale
        return self.group_norm(torch.sigmoid(x))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, num_groups, bias_shape, scale_shape]
