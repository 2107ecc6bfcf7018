"""A 3 x 3 convolution and Mish twice: out = mish(mish(conv(x))), mish(v) = v * tanh(log(1 + exp(v))).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, out_channels, height - 2, width - 2].
Six transcendental functions an output in the epilogue, hidden behind 1152 operations of the convolution (609 billion in
all at full size). KernelBench L2/4.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 64
out_channels = 128
height, width = 256, 256
kernel_size = 3

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 12, "height": 11, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 17, "height": 9, "width": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x):
        x = nn.functional.mish(self.conv(x))
        return nn.functional.mish(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
