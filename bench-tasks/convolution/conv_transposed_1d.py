"""Transposed one-dimensional convolution with a kernel of 3: out[b, o, t] = sum over c, i of
x[b, c, t - i] * conv1d_transpose.weight[c, o, i], 0 outside the input.

x: float32 [batch_size, in_channels, length], uniform in [0, 1). conv1d_transpose.weight: float32
[in_channels, out_channels, 3]. out: float32 [batch_size, out_channels, length + 2] (stride 1, no padding, no bias).
At stride 1 an ordinary convolution with the kernel turned round and 2 zeros at each end. 412 billion operations on 4
GiB at full size. KernelBench L1/64.
"""

import torch
import torch.nn as nn

batch_size = 64
in_channels = 128
out_channels = 128
kernel_size = 3
length = 65536

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 20, "length": 130},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 19, "length": 129},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=False
    ):
        super().__init__()
        self.conv1d_transpose = nn.ConvTranspose1d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias
        )

    def forward(self, x):
        return self.conv1d_transpose(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, length)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
