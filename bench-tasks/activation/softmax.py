"""Softmax of each row: out[b, i] = exp(x[b, i]) / sum over j of exp(x[b, j]).

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim]. Rows are shifted by their maximum first, so that
exp cannot overflow.
At full size a row has 393216 elements, so each output is about 2.5e-6, and a row (1.5 MiB) is too long for one block's
shared memory: two passes over it, or several blocks that exchange maximum and sum. KernelBench L1/23.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1164}, "odd": {"batch": 5, "dim": 259}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.softmax(x, dim=1)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
