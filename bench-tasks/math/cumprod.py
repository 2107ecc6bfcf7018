"""Running product along each row: out[b, i] = x[b, 0] * … * x[b, i], for dim = 1.

x: float32 [batch_size, length], uniform in [0, 1). out: float32 [batch_size, length].
The product of n uniform values is about exp(-n), so that a row is 0 after some hundred elements and the rest of it
tests nothing. A scan: one pass over 4 GiB in and 4 GiB out at full size, if blocks hand on their products.
KernelBench L1/90.
"""

import torch
import torch.nn as nn

batch_size = 32768
length = 32768
dim = 1

PRESETS = {"small": {"batch_size": 5, "length": 44}, "odd": {"batch_size": 7, "length": 37}, "full": {}}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.cumprod(x, dim=self.dim)


def get_inputs():
    return [torch.rand(batch_size, length)]


def get_init_inputs():
    return [dim]
