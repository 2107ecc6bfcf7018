"""A 3 x 3 convolution, a constant subtracted, hard swish, maxima of 2 x 2 tiles, Mish:
out = mish(max_pool(hardswish(conv(x) - 0.5))), hardswish(v) = v * min(6, max(0, v + 3)) / 6 and
mish(v) = v * tanh(log(1 + exp(v))).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. out: float32
[batch_size, out_channels, (height - 2) // 2, (width - 2) // 2].
Hard swish is not monotonic (it falls below -1.5), so that the maximum may not be taken before it. 300 billion
operations at full size, a quarter of the results written. KernelBench L2/35.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 64
out_channels = 128
height, width = 128, 128
kernel_size = 3
subtract_value = 0.5
pool_kernel_size = 2

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 6, "out_channels": 12, "height": 14, "width": 26},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 17, "height": 13, "width": 21},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, subtract_value, pool_kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.subtract_value = subtract_value
        self.pool = nn.MaxPool2d(pool_kernel_size)

    def forward(self, x):
        x = nn.functional.hardswish(self.conv(x) - self.subtract_value)
        return nn.functional.mish(self.pool(x))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, subtract_value, pool_kernel_size]
