"""Softplus, element by element: out = log(1 + exp(x)), and x itself above 20, where the two agree in float32.

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim].
Two transcendental functions an element: with accurate ones arithmetic comes near the 12 GiB of traffic at full size.
KernelBench L1/29.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 844}, "odd": {"batch": 7, "dim": 193}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.softplus(x)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
