"""A transposed convolution that doubles each axis, a factor, the mean of each channel:
out[b, o] = mean over h, w of 0.5 * conv_transpose(x)[b, o, h, w].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 8). conv_transpose: ConvTranspose2d 3 x 3, stride 2,
padding 1, output padding 1, with bias. out: float32 [batch_size, out_channels, 1, 1].
A mean of a linear map is a linear map of sums: sums over x, and over its first row and column, times sums of the weight
give the result without the convolution (39 billion operations at full size).

Strict variant of fuse/conv_transpose2d_multiply_global_avg_pool_global_avg_pool_mean. The published second mean is over
one element and changes nothing, and results are so small that half-precision arithmetic is within the tolerance; here
the second mean is left out, and inputs are eight times as wide.
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
multiplier = 0.5

PRESETS = {
    "small": {"batch_size": 3, "in_channels": 6, "out_channels": 20, "height": 7, "width": 12},
    "odd": {
        "batch_size": 1,
        "in_channels": 5,
        "out_channels": 17,
        "height": 5,
        "width": 11,
        "output_padding": 0,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, multiplier):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.multiplier = multiplier

    def forward(self, x):
        x = self.conv_transpose(x) * self.multiplier
        return torch.mean(x, dim=(2, 3), keepdim=True)


def get_inputs():
    return [8 * torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, multiplier]
