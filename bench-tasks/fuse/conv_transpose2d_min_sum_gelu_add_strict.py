"""A transposed convolution that doubles each axis, the smallest channel of each pixel, means down the columns, exact
GELU, an addend: out[b, 0, 0, w] = gelu(mean over h of min over o of conv_transpose(x)[b, o, h, w]) + bias.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose: ConvTranspose2d 3 x 3, stride 2,
padding 1, output padding 1, with bias. bias: float32 [1, 1, 1], standard normal. out: float32 [batch_size, 1, 1, 2 *
width].
Two reductions along different axes: 16 KiB out of 512 MiB of convolution results at full size.

Strict variant of fuse/conv_transpose2d_min_sum_gelu_add. Published sums are far below 0, where GELU is 0, so that every
result is the bias; here the mean down the columns is taken instead.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 64
out_channels = 128
height, width = 128, 128
kernel_size = 3
stride = 2
padding = 1
output_padding = 1
bias_shape = (1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 6, "width": 22},
    "odd": {
        "batch_size": 1,
        "in_channels": 5,
        "out_channels": 7,
        "height": 5,
        "width": 19,
        "output_padding": 0,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        x = torch.min(self.conv_transpose(x), dim=1, keepdim=True).values
        x = torch.mean(x, dim=2, keepdim=True)
        return nn.functional.gelu(x) + self.bias


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape]
