"""A 3 x 3 convolution, a factor a channel, leaky ReLU, exact GELU: out = gelu(leaky_relu(conv(x) * multiplier, 0.01)).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. multiplier:
float32 [out_channels, 1, 1], standard normal. out: float32 [batch_size, out_channels, height - 2, width - 2].
304 billion operations at full size, the rest an epilogue. KernelBench L2/54.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 64
out_channels = 64
height, width = 256, 256
kernel_size = 3
multiplier_shape = (out_channels, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 20, "height": 10, "width": 22},
    "odd": {"batch_size": 3, "in_channels": 5, "out_channels": 9, "height": 7, "width": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, multiplier_shape):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.multiplier = nn.Parameter(torch.randn(multiplier_shape))
        self.leaky_relu = nn.LeakyReLU()

    def forward(self, x):
        x = self.leaky_relu(self.conv(x) * self.multiplier)
        return nn.functional.gelu(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, multiplier_shape]
