"""Depthwise separable convolution: a 3 x 3 convolution of each channel by itself, then a 1 x 1 convolution across
channels: out[b, o] = sum over c of pointwise.weight[o, c, 0, 0] * (x[b, c] convolved with depthwise.weight[c, 0]).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). depthwise.weight: float32 [in_channels, 1, 3,
3]. pointwise.weight: float32 [out_channels, in_channels, 1, 1]. out: float32 [batch_size, out_channels, height, width]
(stride 1, padding 1, no bias).
Fused, the 1 GiB between the two steps is never written: 3 GiB of traffic for 74 billion operations at full size.
KernelBench L1/86.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 64
out_channels = 128
kernel_size = 3
width = 512
height = 512
stride = 1
padding = 1
dilation = 1

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "height": 9, "width": 28},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 17, "height": 11, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, bias=False):
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels,
            in_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=in_channels,
            bias=bias,
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=bias)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, dilation]
