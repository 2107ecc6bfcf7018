"""Softsign, element by element: out = x / (1 + |x|).

x: float32 [batch, dim], standard normal. out: float32 [batch, dim].
PyTorch makes three kernels of it (abs, add, divide) with 42 GiB of traffic; one kernel needs 12 GiB.

Strict variant of activation/softsign. Published inputs are positive, where |x| is x and may be left out; of normal ones
half are negative.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 5, "dim": 748}, "odd": {"batch": 1, "dim": 517}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x / (1 + torch.abs(x))


def get_inputs():
    return [torch.randn(batch, dim)]


def get_init_inputs():
    return []
