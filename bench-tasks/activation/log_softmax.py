"""Logarithm of the softmax of each row: out[b, i] = x[b, i] - log(sum over j of exp(x[b, j])), for dim = 1.

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim]. Rows are shifted by their maximum first, so that
exp cannot overflow.
A row at full size (1.5 MiB) fits no block: either it is read twice (18 GiB in all), or several blocks share it and
exchange maxima and sums. KernelBench L1/24.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1228}, "odd": {"batch": 2, "dim": 1031}, "full": {}}


class Model(nn.Module):
    def __init__(self, dim=1):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.log_softmax(x, dim=self.dim)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
