"""A 3 x 3 convolution, tanh, a factor, a bias a channel, maxima of 4 x 4 tiles: out = max_pool(2 * tanh(conv(x)) +
bias).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. bias:
float32 [out_channels, 1, 1], standard normal. out: float32 [batch_size, out_channels, (height - 2) // 4, (width - 2) //
4]. tanh rises, so that the maximum may come first: one tanh a tile instead of sixteen, and 124 MiB written at full
size. KernelBench L2/82.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 256, 256
kernel_size = 3
scaling_factor = 2.0
bias_shape = (out_channels, 1, 1)
pool_kernel_size = 4

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 19, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 13, "height": 15, "width": 31},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, scaling_factor, bias_shape, pool_kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.scaling_factor = scaling_factor
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.max_pool = nn.MaxPool2d(pool_kernel_size)

    def forward(self, x):
        x = torch.tanh(self.conv(x)) * self.scaling_factor + self.bias
        return self.max_pool(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, scaling_factor, bias_shape, pool_kernel_size]
