"""A convolution of volumes, a division, maxima of 2 x 2 x 2 tiles, the mean of each channel, a bias, a sum of channels:
out[b] = sum over o of (mean over tiles of max over tile of conv(x)[b, o] / 2) + bias[o].

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 3 x 3 x 3 with bias, no
padding. bias: float32 [out_channels, 1, 1, 1], standard normal. out: float32 [batch_size, 1, 1, 1].
One number a sample: the sum of all biases dominates what the convolution adds. 256 MiB in at full size, 48 billion
operations, next to nothing out. KernelBench L2/8.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 16
depth = 16
height, width = 64, 64
kernel_size = (3, 3, 3)
divisor = 2.0
pool_size = (2, 2, 2)
bias_shape = (out_channels, 1, 1, 1)
sum_dim = 1

PRESETS = {
    "small": {"batch_size": 3, "in_channels": 4, "out_channels": 12, "depth": 6, "height": 10, "width": 14},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 7, "depth": 5, "height": 9, "width": 11},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, divisor, pool_size, bias_shape, sum_dim):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size)
        self.divisor = divisor
        self.max_pool = nn.MaxPool3d(pool_size)
        self.global_avg_pool = nn.AdaptiveAvgPool3d((1, 1, 1))
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.sum_dim = sum_dim

    def forward(self, x):
        x = self.max_pool(self.conv(x) / self.divisor)
        x = self.global_avg_pool(x) + self.bias
        return torch.sum(x, dim=self.sum_dim)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, divisor, pool_size, bias_shape, sum_dim]
