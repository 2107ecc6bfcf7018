"""A convolution of volumes, a factor a channel, tanh, another factor a channel, sigmoid:
out = sigmoid(tanh(conv(x) * scaling_factor) * bias).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 3 x 3 x 3 with bias, no
padding. scaling_factor and bias (a factor despite its name): float32 [out_channels, 1, 1, 1], standard normal; the
constructor's number scaling_factor is ignored. out: float32
[batch_size, out_channels, depth - 2, height - 2, width - 2].
81 products an output and 420 MiB written at full size: traffic and arithmetic weigh about alike. KernelBench L2/48.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 16
depth, height, width = 16, 64, 64
kernel_size = 3
scaling_factor = 2
bias_shape = (out_channels, 1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 6, "height": 8, "width": 14},
    "odd": {"batch_size": 1, "out_channels": 11, "depth": 5, "height": 9, "width": 13},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, scaling_factor, bias_shape):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size)
        self.scaling_factor = nn.Parameter(torch.randn(bias_shape))
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        x = torch.tanh(self.conv(x) * self.scaling_factor)
        return torch.sigmoid(x * self.bias)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, scaling_factor, bias_shape]
