"""A 3 x 3 convolution, hard swish, ReLU: v = conv(x), out = max(0, v * min(6, max(0, v + 3)) / 6).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, out_channels, height - 2, width - 2].
Both activations belong into the epilogue. 19 billion operations and 560 MiB of traffic at full size. KernelBench L2/69.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 128, 128
kernel_size = 3

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 20, "height": 9, "width": 30},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 9, "height": 13, "width": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x):
        return torch.relu(nn.functional.hardswish(self.conv(x)))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
