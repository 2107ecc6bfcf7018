"""Transposed convolution with a kernel of 3 x 3, on images twice as wide as high: out[b, o, h, w] = sum over c, i, j of
x[b, c, h - i, w - j] * conv_transpose2d.weight[c, o, i, j], 0 outside the image.

x: float32 [batch_size, in_channels, height_in, width_in], uniform in [0, 1). conv_transpose2d.weight: float32
[in_channels, out_channels, 3, 3]. out: float32 [batch_size, out_channels, height_in + 2, width_in + 2] (stride 1, no
padding, no bias).
77 billion operations on 1 GiB at full size; output rows of 1026 elements are not aligned to 16 bytes.
KernelBench L1/71.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 32
out_channels = 32
kernel_size = 3
height_in = 512
width_in = 1024

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 12, "height_in": 10, "width_in": 34},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 17, "height_in": 11, "width_in": 31},
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
    return [torch.rand(batch_size, in_channels, height_in, width_in)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
