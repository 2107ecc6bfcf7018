"""A transposed convolution of volumes that doubles each axis, then a polynomial of its result:
v = conv_transpose(x), out = ((v + bias) + v) * v + v = 2 * v^2 + (bias + 1) * v.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, output padding 1, with bias. bias: float32 [out_channels, 1, 1, 1], standard normal. out:
float32 [batch_size, out_channels, 2 * depth, 2 * height, 2 * width].
PyTorch copies v and makes four more kernels; all of it fits the epilogue. 29 billion operations and 512 MiB written at
full size. KernelBench L2/20.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
depth, height, width = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1
output_padding = 1
bias_shape = (out_channels, 1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 6, "depth": 3, "height": 5, "width": 10},
    "odd": {
        "batch_size": 1,
        "in_channels": 5,
        "out_channels": 3,
        "depth": 3,
        "height": 4,
        "width": 9,
        "output_padding": 0,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        x = self.conv_transpose(x)
        original = x.clone().detach()
        return ((x + self.bias) + original) * original + original


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape]
