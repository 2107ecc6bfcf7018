"""Swish (SiLU), element by element: out = x * sigmoid(x) = x / (1 + exp(-x)).

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim].
Written as two operators, so that PyTorch moves 30 GiB where one kernel needs 12 GiB. KernelBench L1/25.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1100}, "odd": {"batch": 3, "dim": 341}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
