"""A transposed convolution of volumes, a lower limit, a division: out = max(conv_transpose(x), -1) / 2.

x: float32 [batch_size, in_channels, depth, height, width], normal with a standard deviation of 4. conv_transpose:
ConvTranspose3d 3 x 3 x 3, stride 2, padding 1, with bias; each axis n becomes 2 * n - 1. out: float32 [batch_size,
out_channels, 2 * depth - 1, 2 * height - 1, 2 * width - 1].
An output meets 1, 2, 4 or 8 of the 27 taps, by the parities of its coordinates. 7 billion operations and 120 MiB
written at full size.

Strict variant of fuse/conv_transpose3d_clamp_min_divide. Published convolution results stay above the limit, which
never acts; inputs are normal and wider here.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 16
depth, height, width = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1
min_value = -1.0
divisor = 2.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 6, "depth": 3, "height": 4, "width": 9},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 3, "depth": 3, "height": 4, "width": 8},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, min_value, divisor):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding)
        self.min_value = min_value
        self.divisor = divisor

    def forward(self, x):
        return torch.clamp(self.conv_transpose(x), min=self.min_value) / self.divisor


def get_inputs():
    return [4 * torch.randn(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, min_value, divisor]
