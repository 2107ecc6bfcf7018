"""Transposed convolution with a kernel of 3 x 5: out[b, o, h, w] = sum over c, i, j of
x[b, c, h - i, w - j] * conv_transpose2d.weight[c, o, i, j], 0 outside the image.

x: float32 [batch_size, in_channels, height_in, width_in], uniform in [0, 1). conv_transpose2d.weight: float32
[in_channels, out_channels, 3, 5]. out: float32 [batch_size, out_channels, height_in + 2, width_in + 4] (stride 1, no
padding, no bias).
515 billion operations on 1.5 GiB at full size. KernelBench L1/69.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 64
out_channels = 128
kernel_size = (3, 5)
height_in = 128
width_in = 256

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 20, "height_in": 10, "width_in": 24},
    "odd": {"batch_size": 1, "in_channels": 7, "out_channels": 17, "height_in": 9, "width_in": 29},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=(1, 1),
        padding=(0, 0),
        output_padding=(0, 0),
        dilation=(1, 1),
        groups=1,
        bias=False,
    ):
        super().__init__()
        self.conv_transpose2d = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation
        )

    def forward(self, x):
        return self.conv_transpose2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height_in, width_in)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
