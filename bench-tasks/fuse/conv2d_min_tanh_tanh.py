"""A 3 x 3 convolution, the smallest channel of each pixel, tanh twice:
out[b, 0, h, w] = tanh(tanh(min over o of conv(x)[b, o, h, w])).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, 1, height - 2, width - 2].
A block that computes all 64 channels of its pixels writes a sixty-fourth of the convolution: 31 MiB at full size
instead of 2 GiB. KernelBench L2/25.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 16
out_channels = 64
height, width = 256, 256
kernel_size = 3

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 20, "height": 9, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 17, "height": 11, "width": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x):
        x = torch.min(self.conv(x), dim=1, keepdim=True).values
        return torch.tanh(torch.tanh(x))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
