"""A transposed convolution of volumes that doubles each axis, maxima of 2 x 2 x 2 tiles, softmax across channels, a
subtraction a channel, swish, the largest channel: s = softmax over o of max_pool(conv_transpose(x)),
out[b] = max over o of v * sigmoid(v), v = s[b, o] - subtract[o].

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, output padding 1, with bias. subtract: float32 [out_channels], standard normal. out: float32
[batch_size, depth, height, width].
The channel with the smallest subtract nearly always wins, and the softmax hardly moves it. 1/128 of the 1 GiB of
convolution results at full size is written. KernelBench L2/89.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 16
depth, height, width = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1
output_padding = 1
pool_kernel_size = 2
pool_stride = 2
pool_padding = 0

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 3, "height": 4, "width": 12},
    "odd": {"batch_size": 1, "out_channels": 7, "depth": 3, "height": 5, "width": 9, "output_padding": 0},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        output_padding,
        pool_kernel_size,
        pool_stride,
        pool_padding,
    ):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.max_pool = nn.MaxPool3d(pool_kernel_size, stride=pool_stride, padding=pool_padding)
        self.subtract = nn.Parameter(torch.randn(out_channels))

    def forward(self, x):
        x = torch.softmax(self.max_pool(self.conv_transpose(x)), dim=1)
        x = x - self.subtract.view(1, -1, 1, 1, 1)
        return torch.max(torch.sigmoid(x) * x, dim=1).values


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        output_padding,
        pool_kernel_size,
        pool_stride,
        pool_padding,
    ]
