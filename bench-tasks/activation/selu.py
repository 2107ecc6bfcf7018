"""SELU, element by element: out = scale * x where x > 0, else scale * alpha * (exp(x) - 1), with the constants
scale = 1.0507009873554805 and alpha = 1.6732632423543772 that keep mean 0 and variance 1 through layers.

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim].
12 GiB of traffic at full size. KernelBench L1/27.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 5, "dim": 524}, "odd": {"batch": 3, "dim": 383}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.selu(x)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
