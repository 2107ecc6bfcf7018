"""Hyperbolic tangent, element by element: out = tanh(x).

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim].
The formula (1 - exp(-2x)) / (1 + exp(-2x)) loses digits near 0, where tanh(x) is about x. 12 GiB of traffic at full
size. KernelBench L1/22.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 5, "dim": 676}, "odd": {"batch": 1, "dim": 899}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.tanh(x)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
