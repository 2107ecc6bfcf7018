"""Maxima of a sliding window: out[b, f, i] = the largest of x[b, f, i - padding], …, x[b, f, i - padding +
kernel_size - 1]; positions outside the input never win.

x: float32 [batch_size, features, sequence_length], uniform in [0, 1). out: float32
[batch_size, features, sequence_length + 2 * padding - kernel_size + 1]. kernel_size = 8, stride = 1, padding = 4,
return_indices = False.
Eight windows share each input: 96 MiB in, 96 MiB out at full size. KernelBench L1/41 (longer, dilated by 3 there).
"""

import torch
import torch.nn as nn

batch_size = 64
features = 192
sequence_length = 2048
kernel_size = 8
stride = 1
padding = 4
return_indices = False

PRESETS = {
    "small": {"batch_size": 3, "features": 5, "sequence_length": 180},
    "odd": {"batch_size": 1, "features": 7, "sequence_length": 131},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, kernel_size, stride, padding, return_indices):
        super().__init__()
        self.maxpool = nn.MaxPool1d(kernel_size, stride=stride, padding=padding, return_indices=return_indices)

    def forward(self, x):
        return self.maxpool(x)


def get_inputs():
    return [torch.rand(batch_size, features, sequence_length)]


def get_init_inputs():
    return [kernel_size, stride, padding, return_indices]
