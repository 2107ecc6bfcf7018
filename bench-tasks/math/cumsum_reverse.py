"""Running sum along each row from its end: out[b, i] = x[b, i] + … + x[b, length - 1], for dim = 1.

x: float32 [batch_size, length], uniform in [0, 1). out: float32 [batch_size, length].
PyTorch flips, scans and flips back: 24 GiB of traffic at full size. A scan that walks from the right needs 8.
KernelBench L1/91.
"""

import torch
import torch.nn as nn

batch_size = 32768
length = 32768
dim = 1

PRESETS = {"small": {"batch_size": 5, "length": 8732}, "odd": {"batch_size": 3, "length": 515}, "full": {}}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.cumsum(x.flip(self.dim), dim=self.dim).flip(self.dim)


def get_inputs():
    return [torch.rand(batch_size, length)]


def get_init_inputs():
    return [dim]
