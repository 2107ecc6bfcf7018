"""Transposed convolution with a kernel of 3 x 7: out[b, o, h, w] = sum over c, i, j of
x[b, c, h - i, w - j] * conv_transpose2d.weight[c, o, i, j], 0 outside the image.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose2d.weight: float32
[in_channels, out_channels, 3, 7]. out: float32 [batch_size, out_channels, height + 2, width + 6] (stride 1, no padding,
no bias).
361 billion operations on 1 GiB at full size. KernelBench L1/65.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 64
out_channels = 64
kernel_size = (3, 7)
width = 512
height = 512

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 20, "height": 10, "width": 30},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 19, "height": 11, "width": 27},
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
