"""Logistic sigmoid, element by element: out = 1 / (1 + exp(-x)).

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim].
12 GiB of traffic at full size: one exponential and one reciprocal an element hide behind it. KernelBench L1/21.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1004}, "odd": {"batch": 1, "dim": 769}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
