"""A 3 x 3 convolution, a division by a constant, then leaky ReLU: v = conv(x) / 2, out = v where v >= 0, else 0.01 * v.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, out_channels, height - 2, width - 2].
All of it fits the epilogue of the convolution; 72 products an output make writing (496 MiB at full size) weigh as much.
KernelBench L2/71.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 128, 128
kernel_size = 3
divisor = 2

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 12, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 17, "height": 13, "width": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, divisor):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.divisor = divisor

    def forward(self, x):
        return nn.functional.leaky_relu(self.conv(x) / self.divisor, negative_slope=0.01)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, divisor]
