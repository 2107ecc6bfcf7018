"""A 3 x 3 convolution, two constants subtracted, Mish: out = mish(conv(x) - 0.5 - 0.2),
mish(v) = v * tanh(log(1 + exp(v))).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, out_channels, height - 2, width - 2].
2 GiB are written at full size for 76 billion operations; the constants could go into the bias. KernelBench L2/87.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 256, 256
kernel_size = 3
subtract_value_1 = 0.5
subtract_value_2 = 0.2

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 13, "width": 22},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 19, "height": 9, "width": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, subtract_value_1, subtract_value_2):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.subtract_value_1 = subtract_value_1
        self.subtract_value_2 = subtract_value_2

    def forward(self, x):
        return nn.functional.mish(self.conv(x) - self.subtract_value_1 - self.subtract_value_2)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, subtract_value_1, subtract_value_2]
