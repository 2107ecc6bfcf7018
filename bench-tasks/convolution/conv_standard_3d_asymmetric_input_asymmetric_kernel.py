"""Convolution of volumes with a kernel of 3 x 5 x 7: out[b, o, d, h, w] = sum over c, i, j, k of
x[b, c, d + i, h + j, w + k] * conv3d.weight[o, c, i, j, k].

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv3d.weight: float32
[out_channels, in_channels, 3, 5, 7]. out: float32 [batch_size, out_channels, depth - 2, height - 4, width - 6] (stride
1, no padding, no bias).
315 products an output and 3 input channels: 24 MiB in, 414 MiB out, 68 billion operations at full size.
KernelBench L1/66.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 3
out_channels = 64
kernel_size = (3, 5, 7)
depth = 16
height = 128
width = 128

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 6, "height": 10, "width": 18},
    "odd": {"batch_size": 1, "out_channels": 17, "depth": 5, "height": 9, "width": 21},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=(1, 1, 1),
        padding=(0, 0, 0),
        dilation=(1, 1, 1),
        groups=1,
        bias=False,
    ):
        super().__init__()
        self.conv3d = nn.Conv3d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)

    def forward(self, x):
        return self.conv3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
