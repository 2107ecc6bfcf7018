"""A transposed convolution that doubles each axis, Mish, an addend, limits, a factor:
out = 2 * clamp(mish(conv_transpose(x)) + 0.5, -1, 1), mish(v) = v * tanh(log(1 + exp(v))).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose: ConvTranspose2d 3 x 3, stride 2,
padding 1, output padding 1, with bias. out: float32 [batch_size, out_channels, 2 * height, 2 * width].
155 billion operations and 2 GiB written at full size. KernelBench L2/16.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 64
height, width = 128, 128
kernel_size = 3
stride = 2
padding = 1
output_padding = 1
add_value = 0.5
scale = 2

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 8, "width": 10},
    "odd": {
        "batch_size": 1,
        "in_channels": 7,
        "out_channels": 5,
        "height": 5,
        "width": 13,
        "output_padding": 0,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, add_value, scale):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.add_value = add_value
        self.scale = scale

    def forward(self, x):
        x = nn.functional.mish(self.conv_transpose(x)) + self.add_value
        return nn.functional.hardtanh(x, min_val=-1, max_val=1) * self.scale


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, add_value, scale]
