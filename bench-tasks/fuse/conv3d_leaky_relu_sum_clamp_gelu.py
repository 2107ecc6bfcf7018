"""A convolution of volumes, leaky ReLU, an addend a channel, limits, exact GELU:
out = gelu(clamp(leaky_relu(conv(x), 0.2) + sum_tensor, -1, 1)).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 3 x 3 x 3 with bias, no
padding. sum_tensor: float32 [out_channels, 1, 1, 1], standard normal. out: float32
[batch_size, out_channels, depth - 2, height - 2, width - 2].
A sixth of the addends lies beyond each limit: about a third of the channels is nearly constant. 190 billion operations
and 1.6 GiB written at full size. KernelBench L2/90.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
depth, height, width = 16, 64, 64
kernel_size = 3
sum_tensor_shape = (out_channels, 1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "depth": 4, "height": 8, "width": 14},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 9, "depth": 5, "height": 7, "width": 11},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, sum_tensor_shape):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size)
        self.sum_tensor = nn.Parameter(torch.randn(sum_tensor_shape))

    def forward(self, x):
        x = nn.functional.leaky_relu(self.conv(x), negative_slope=0.2) + self.sum_tensor
        return nn.functional.gelu(torch.clamp(x, min=-1.0, max=1.0))


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, sum_tensor_shape]
