"""A 3 x 3 convolution, exact GELU, and the mean of each channel: out[b, o] = mean over h, w of gelu(conv(x)[b, o, h,
w]).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, out_channels].
256 MiB are read and 32 KiB written at full size, if the 2 GiB of convolution results are summed up where they arise;
the sum of 64516 values a channel then crosses blocks. KernelBench L2/67.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 256, 256
kernel_size = 3

PRESETS = {
    "small": {"batch_size": 3, "in_channels": 4, "out_channels": 12, "height": 14, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 9, "height": 13, "width": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x):
        x = nn.functional.gelu(self.conv(x))
        return nn.functional.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
