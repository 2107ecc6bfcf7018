"""Leaky ReLU, element by element: out = x where x >= 0, else negative_slope * x; negative_slope = 0.01.

x: float32 [batch, dim], standard normal.
out: float32 [batch, dim]. 12 GiB of traffic at full size: a copy at the speed of memory.

Strict variant of activation/leaky_relu. Published inputs are positive, where the operation gives back what it is given;
of normal ones half are negative.
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
    return [torch.randn(batch, dim)]


def get_init_inputs():
    return []
