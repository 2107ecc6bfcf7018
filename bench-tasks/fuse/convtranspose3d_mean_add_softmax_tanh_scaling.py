"""A transposed convolution of volumes, the mean along the depth, a bias a channel, softmax across channels, tanh, a
factor: out = 2 * tanh(softmax over o of (mean over d of conv_transpose(x) + bias)).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 1, padding 1, with bias; it keeps the size. bias: float32 [1, out_channels, 1, 1, 1], standard normal. out:
float32 [batch_size, out_channels, 1, height, width].
The mean along the depth may come first, with the edge planes taken apart: a 2-D convolution of sums instead of 464
billion operations at full size. KernelBench L2/13.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 16
out_channels = 64
depth = 32
height, width = 128, 128
kernel_size = 3
stride = 1
padding = 1
scaling_factor = 2.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "depth": 4, "height": 6, "width": 12},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 7, "depth": 5, "height": 7, "width": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, scaling_factor):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding)
        self.bias = nn.Parameter(torch.randn(1, out_channels, 1, 1, 1))
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = torch.mean(self.conv_transpose(x), dim=2, keepdim=True) + self.bias
        return torch.tanh(torch.softmax(x, dim=1)) * self.scaling_factor


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, scaling_factor]
