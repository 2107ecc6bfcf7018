"""Transposed convolution with a kernel of 3 x 7, padded to keep the size: out[b, o, h, w] = sum over c, i, j of
x[b, c, h + 1 - i, w + 3 - j] * conv_transpose2d.weight[c, o, i, j], 0 outside the image.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose2d.weight: float32
[in_channels, out_channels, 3, 7]. out: float32 [batch_size, out_channels, height, width] (stride 1, padding (1, 3), no
bias).
180 billion operations on 1 GiB at full size; the borders of each image need tests or a padded copy. KernelBench L1/78.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 32
out_channels = 32
kernel_size = (3, 7)
height = 512
width = 1024
stride = (1, 1)
padding = (1, 3)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 9, "width": 28},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 17, "height": 11, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, bias=False):
        super().__init__()
        self.conv_transpose2d = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, bias=bias
        )

    def forward(self, x):
        return self.conv_transpose2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding]
