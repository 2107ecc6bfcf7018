"""Transposed convolution of volumes with a kernel of 3 x 5 x 7: out[b, o, d, h, w] = sum over c, i, j, k of
x[b, c, d - i, h - j, w - k] * conv_transpose3d.weight[c, o, i, j, k], 0 outside the volume.

x: float32 [batch_size, in_channels, depth_in, height_in, width_in], uniform in [0, 1). conv_transpose3d.weight: float32
[in_channels, out_channels, 3, 5, 7]. out: float32 [batch_size, out_channels, depth_in + 2, height_in + 4, width_in + 6]
(stride 1, no padding, no bias).
3360 products an output: 56 billion operations on 108 MiB at full size, bound by arithmetic. KernelBench L1/58.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 16
kernel_size = (3, 5, 7)
depth_in = 16
height_in = 32
width_in = 64

PRESETS = {
    "small": {
        "batch_size": 2,
        "in_channels": 4,
        "out_channels": 12,
        "depth_in": 4,
        "height_in": 5,
        "width_in": 14,
    },
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 7, "depth_in": 3, "height_in": 7, "width_in": 11},
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
        output_padding=(0, 0, 0),
        groups=1,
        bias=False,
    ):
        super().__init__()
        self.conv_transpose3d = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias
        )

    def forward(self, x):
        return self.conv_transpose3d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth_in, height_in, width_in)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
