"""A 3 x 3 convolution, instance normalisation, a division: v = conv(x),
out = (v - mean) / sqrt(variance + 1e-5) / 2, mean and biased variance over the pixels of each sample and channel.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias (which the norm takes
away again), no padding. out: float32 [batch_size, out_channels, height - 2, width - 2].
One plane (15876 pixels at full size) is 62 KiB: a block that computes a whole plane can keep it in shared memory and
normalise it there. 300 billion operations. KernelBench L2/17.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 128
height, width = 128, 128
kernel_size = 3
divide_by = 2.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 14, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 7, "height": 11, "width": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, divide_by):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.instance_norm = nn.InstanceNorm2d(out_channels)
        self.divide_by = divide_by

    def forward(self, x):
        return self.instance_norm(self.conv(x)) / self.divide_by


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, divide_by]
