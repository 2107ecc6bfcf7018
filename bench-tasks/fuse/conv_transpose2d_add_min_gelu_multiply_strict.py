"""A transposed convolution, an addend, the smaller of each value and 0, exact GELU, a factor:
out = 2 * gelu(min(conv_transpose(x) + 0.5, 0)).

x: float32 [batch_size, in_channels, height, width], normal with a standard deviation of 4. conv_transpose:
ConvTranspose2d 4 x 4, stride 2, with bias. out: float32 [batch_size, out_channels, 2 * height + 2, 2 * width + 2],
between -0.34 and 0.
Each output meets 2 x 2 of the 16 taps, by its parity. 137 billion operations and 1 GiB written at full size.

Strict variant of fuse/conv_transpose2d_add_min_gelu_multiply. Nearly all published results are exactly 0, so that a
result of other weights may pass; inputs are normal and wider here.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 128
height, width = 64, 64
kernel_size = 4
stride = 2
add_value = 0.5
multiply_value = 2.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 20, "out_channels": 6, "height": 6, "width": 9},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 7, "height": 5, "width": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, add_value, multiply_value):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(in_channels, out_channels, kernel_size, stride=stride)
        self.add_value = add_value
        self.multiply_value = multiply_value

    def forward(self, x):
        x = self.conv_transpose(x) + self.add_value
        x = torch.min(x, torch.tensor(0.0, device=x.device))
        return nn.functional.gelu(x) * self.multiply_value


def get_inputs():
    return [4 * torch.randn(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, add_value, multiply_value]
