"""Running product along each row: out[b, i] = x[b, 0] * … * x[b, i], for dim = 1.

x: float32 [batch_size, length], normal around 1 with a standard deviation of 0.005. out: float32 [batch_size, length].
A scan: one pass over 4 GiB in and 4 GiB out at full size, if blocks hand on their products.

Strict variant of math/cumprod. Published factors are uniform, and products fall below the tolerance within a few dozen
of 32768 elements, so that the rest may be left out; here factors are near 1, and products mostly between 0.01 and 10.
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
    return [1 + 0.005 * torch.randn(batch_size, length)]


def get_init_inputs():
    return [dim]
