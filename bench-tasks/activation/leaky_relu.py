"""Leaky ReLU, element by element: out = x where x >= 0, else negative_slope * x; negative_slope = 0.01.

x: float32 [batch, dim], uniform in [0, 1): nothing is negative but in the distribution `negated`.
out: float32 [batch, dim]. 12 GiB of traffic at full size: a copy at the speed of memory. KernelBench L1/20.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1052}, "odd": {"batch": 7, "dim": 131}, "full": {}}


class Model(nn.Module):
    def __init__(self, negative_slope=0.01):
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x):
        return nn.functional.leaky_relu(x, self.negative_slope)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
