"""A 3 x 3 convolution, a constant factor, the smallest channel of each pixel:
out[b, 0, h, w] = min over o of 2 * conv(x)[b, o, h, w].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, 1, height - 2, width - 2].
609 billion operations at full size for 16 MiB of output, if a block sees all 128 channels of its pixels.
KernelBench L2/32.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 64
out_channels = 128
height, width = 256, 256
kernel_size = 3
scale_factor = 2.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 36, "height": 8, "width": 14},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 33, "height": 9, "width": 13},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, scale_factor):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.scale_factor = scale_factor

    def forward(self, x):
        return torch.min(self.conv(x) * self.scale_factor, dim=1, keepdim=True).values


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, scale_factor]
