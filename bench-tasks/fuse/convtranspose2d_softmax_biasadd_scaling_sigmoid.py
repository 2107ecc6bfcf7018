"""A transposed convolution, softmax across channels, a bias a channel, a factor, sigmoid:
out = sigmoid(2 * (softmax over o of conv_transpose(x) + bias)).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose: ConvTranspose2d 4 x 4, stride 2,
padding 1, output padding 1, with bias. bias: float32 [out_channels, 1, 1], standard normal. out: float32
[batch_size, out_channels, 2 * height + 1, 2 * width + 1]. With 128 channels a probability is near 1/128: the bias alone
nearly gives the result.
A pixel's channels lie far apart; rows of 129 are unaligned. 137 billion operations and 1 GiB written at full size.
KernelBench L2/91.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 128
height, width = 64, 64
kernel_size = 4
stride = 2
padding = 1
output_padding = 1
bias_shape = (out_channels, 1, 1)
scaling_factor = 2.0

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 5, "width": 10},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 7, "height": 6, "width": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape, scaling_factor
    ):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = torch.softmax(self.conv_transpose(x), dim=1) + self.bias
        return torch.sigmoid(x * self.scaling_factor)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape, scaling_factor]
