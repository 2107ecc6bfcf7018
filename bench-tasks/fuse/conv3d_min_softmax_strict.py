"""A convolution of volumes, the smallest value along the depth, softmax across channels:
out[b, :, h, w] = softmax over o of (min over d of conv(x)[b, o, d, h, w]).

x: float32 [batch_size, in_channels, depth, height, width], normal with a standard deviation of 4. conv: Conv3d 3 x 3 x
3 with bias, no padding. out: float32 [batch_size, out_channels, height - 2, width - 2].
The depth is walked by one thread or one block, so that a twenty-second of the 232 MiB of convolution results at full
size is written.

Strict variant of fuse/conv3d_min_softmax. Published results are so alike and small that half-precision arithmetic is
within the tolerance; inputs are normal and wider here.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 24
depth, height, width = 24, 32, 32
kernel_size = 3
dim = 2

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 6, "height": 8, "width": 14},
    "odd": {"batch_size": 1, "out_channels": 9, "depth": 7, "height": 7, "width": 13},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, dim):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size)
        self.dim = dim

    def forward(self, x):
        x = torch.min(self.conv(x), dim=self.dim).values
        return torch.softmax(x, dim=1)


def get_inputs():
    return [4 * torch.randn(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, dim]
