"""Transposed convolution with a kernel of 3 x 3: out[b, o, h, w] = sum over c, i, j of
x[b, c, h - i, w - j] * conv_transpose2d.weight[c, o, i, j], 0 outside the image.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose2d.weight: float32
[in_channels, out_channels, 3, 3]. out: float32 [batch_size, out_channels, height + 2, width + 2] (stride 1, no padding,
no bias).
618 billion operations on 4 GiB at full size: an ordinary convolution with the kernel turned and a border of 2 zeros.
KernelBench L1/57.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 64
out_channels = 64
kernel_size = 3
height = 1024
width = 1024

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "height": 10, "width": 26},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 17, "height": 9, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=False
    ):
        super().__init__()
        self.conv_transpose2d = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias
        )

    def forward(self, x):
        return self.conv_transpose2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
