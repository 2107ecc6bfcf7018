"""A transposed convolution, a bias a channel subtracted, tanh: out = tanh(conv_transpose(x) - bias).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose: ConvTranspose2d 4 x 4, stride 2,
padding 1, output padding 1, with bias. bias: float32 [out_channels, 1, 1], standard normal. out: float32
[batch_size, out_channels, 2 * height + 1, 2 * width + 1].
Output rows of odd length (513 at full size) are mostly unaligned. 275 billion operations and 2 GiB written.
KernelBench L2/5.
"""

import torch
import torch.nn as nn

batch_size = 32
in_channels = 64
out_channels = 64
height, width = 256, 256
kernel_size = 4
bias_shape = (out_channels, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 6, "width": 10},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 7, "height": 5, "width": 11},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, bias_shape, stride=2, padding=1, output_padding=1):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        return torch.tanh(self.conv_transpose(x) - self.bias)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, bias_shape]
