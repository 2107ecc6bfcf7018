"""A 3 x 3 convolution, an upper limit, a bias a channel, a factor: out = (min(conv(x), 0.5) + bias) * 2.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. bias:
float32 [out_channels, 1, 1], standard normal. out: float32 [batch_size, out_channels, height - 2, width - 2].
All of it fits the epilogue; 300 billion operations at full size. KernelBench L2/31.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 128
height, width = 128, 128
kernel_size = 3
constant_value = 0.5
bias_shape = (out_channels, 1, 1)
scaling_factor = 2.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "height": 9, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 17, "height": 11, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, constant_value, bias_shape, scaling_factor):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.constant_value = constant_value
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = self.conv(x)
        x = torch.min(x, torch.tensor(self.constant_value, device=x.device))
        return (x + self.bias) * self.scaling_factor


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, constant_value, bias_shape, scaling_factor]
