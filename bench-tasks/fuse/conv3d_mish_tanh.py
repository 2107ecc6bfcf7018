"""A convolution of volumes, Mish, tanh: out = tanh(mish(conv(x))), mish(v) = v * tanh(log(1 + exp(v))).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 3 x 3 x 3 with bias, no
padding. out: float32 [batch_size, out_channels, depth - 2, height - 2, width - 2].
204 billion operations at full size; the activations are an epilogue. KernelBench L2/47.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
depth, height, width = 32, 64, 64
kernel_size = 3

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "depth": 5, "height": 8, "width": 14},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 7, "depth": 5, "height": 7, "width": 13},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size, stride=stride, padding=padding)

    def forward(self, x):
        return torch.tanh(nn.functional.mish(self.conv(x)))


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
