"""A 3 x 3 convolution, means of tiles, a sigmoid, and one sum a sample: out[b] = sum over o, h, w of
sigmoid(mean of the 4 x 4 tile (h, w) of conv(x)[b, o]).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. Tiles do not
overlap; what is left over at the edges counts nowhere. out: float32 [batch_size].
Nothing but one number a sample need be written: the 4.5 GiB between convolution and pooling at full size stay on the
chip. KernelBench L2/65.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height = 384
width = 384
kernel_size = 3
pool_kernel_size = 4

PRESETS = {
    "small": {"batch_size": 3, "in_channels": 4, "out_channels": 12, "height": 16, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 7, "height": 15, "width": 25},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, pool_kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.avg_pool = nn.AvgPool2d(pool_kernel_size)

    def forward(self, x):
        x = torch.sigmoid(self.avg_pool(self.conv(x)))
        return torch.sum(x, dim=(1, 2, 3))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, pool_kernel_size]
