"""A convolution of volumes, a factor a channel, instance normalisation, limits, the factor again, the largest channel:
out[b, d, h, w] = max over o of multiplier[o] * clamp(instance_norm(multiplier * conv(x))[b, o, d, h, w], -1, 1).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 3 x 3 x 3 without bias, no
padding. multiplier: float32 [out_channels, 1, 1, 1], standard normal. instance_norm: over the voxels of each sample and
channel, biased variance, eps 1e-5, no weight or bias. out: float32 [batch_size, depth - 2, height - 2, width - 2].
The norm takes the size of the first factor away and keeps its sign. Statistics along voxels, then a maximum across
channels.

Strict variant of fuse/conv3d_multiply_instance_norm_clamp_multiply_max. The published convolution has a bias that the
norm takes away again, a hundredth of all parameters without influence; here it has none.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 16
depth, height, width = 16, 32, 32
kernel_size = 3
multiplier_shape = (out_channels, 1, 1, 1)
clamp_min = -1.0
clamp_max = 1.0

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 5, "height": 8, "width": 14},
    "odd": {"batch_size": 1, "out_channels": 7, "depth": 5, "height": 9, "width": 13},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, multiplier_shape, clamp_min, clamp_max):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size, bias=False)
        self.multiplier = nn.Parameter(torch.randn(multiplier_shape))
        self.instance_norm = nn.InstanceNorm3d(out_channels)
        self.clamp_min = clamp_min
        self.clamp_max = clamp_max

    def forward(self, x):
        x = self.instance_norm(self.conv(x) * self.multiplier)
        x = torch.clamp(x, self.clamp_min, self.clamp_max) * self.multiplier
        return torch.max(x, dim=1).values


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, multiplier_shape, clamp_min, clamp_max]
