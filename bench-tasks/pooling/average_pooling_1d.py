"""Means of a sliding window: out[b, c, i] = (x[b, c, i - padding] + … + x[b, c, i - padding + kernel_size - 1]) /
kernel_size, where positions outside the input count as 0 and are counted.

x: float32 [batch_size, in_channels, input_length], uniform in [0, 1). out: float32
[batch_size, in_channels, input_length + 2 * padding - kernel_size + 1]. kernel_size = 8, stride = 1, padding = 4.
Each input is used by 8 outputs; read once it is 2 GiB in, 2 GiB out at full size. Output rows have odd length.
KernelBench L1/44.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 128
input_length = 65536
kernel_size = 8
stride = 1
padding = 4

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 5, "input_length": 268},
    "odd": {"batch_size": 3, "in_channels": 3, "input_length": 133},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, kernel_size, stride, padding):
        super().__init__()
        self.avg_pool = nn.AvgPool1d(kernel_size, stride=stride, padding=padding)

    def forward(self, x):
        return self.avg_pool(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, input_length)]


def get_init_inputs():
    return [kernel_size, stride, padding]
