"""A transposed convolution of volumes that doubles each axis, leaky ReLU, a factor a channel, leaky ReLU again, maxima
of 2 x 2 x 2 tiles: out = max_pool(lr(lr(conv_transpose(x)) * multiplier)), lr(v) = v where v >= 0, else 0.2 * v.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, output padding 1, with bias. multiplier: float32 [out_channels, 1, 1, 1], standard normal. out:
float32 [batch_size, out_channels, depth, height, width].
A tile holds one output of each parity, so that each of its 27 taps occurs once: 7 billion operations at full size, an
eighth of the results written. KernelBench L2/74.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 16
out_channels = 32
depth, height, width = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1
output_padding = 1
multiplier_shape = (out_channels, 1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 6, "depth": 3, "height": 5, "width": 12},
    "odd": {
        "batch_size": 1,
        "in_channels": 5,
        "out_channels": 3,
        "depth": 3,
        "height": 5,
        "width": 7,
        "output_padding": 0,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, multiplier_shape):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.multiplier = nn.Parameter(torch.randn(multiplier_shape))
        self.leaky_relu = nn.LeakyReLU(0.2)
        self.max_pool = nn.MaxPool3d(2)

    def forward(self, x):
        x = self.leaky_relu(self.conv_transpose(x)) * self.multiplier
        return self.max_pool(self.leaky_relu(x))


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, multiplier_shape]
