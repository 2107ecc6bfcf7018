"""A 3 x 3 convolution, ReLU, then a second bias a channel: out = max(0, conv(x)) + bias.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. bias:
float32 [out_channels, 1, 1], standard normal; it comes after the ReLU and cannot be merged with conv.bias. out: float32
[batch_size, out_channels, height - 2, width - 2].
300 billion operations at full size with a two-step epilogue. KernelBench L2/1.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 128
height, width = 128, 128
kernel_size = 3
bias_shape = (out_channels, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "height": 10, "width": 14},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 17, "height": 9, "width": 19},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, bias_shape):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        return torch.relu(self.conv(x)) + self.bias


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, bias_shape]
