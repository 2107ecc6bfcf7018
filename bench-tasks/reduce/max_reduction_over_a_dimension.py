"""Largest value along one dimension, without its index: out[b, c] = max over r of x[b, r, c], for dim = 1.

x: float32 [batch, rows, cols], uniform in [0, 1). out: float32 [batch, cols].
Columns are adjacent in memory, rows are not: a warp reads 32 columns and walks down. 8 GiB are read at full size. With
4096 uniform values a column the result is close to 1 everywhere. KernelBench L1/49 (other sizes there).
"""

import torch
import torch.nn as nn

batch = 128
rows = 4096
cols = 4096
reduce_dim = 1

PRESETS = {
    "small": {"batch": 2, "rows": 1068, "cols": 76},
    "odd": {"batch": 3, "rows": 35, "cols": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.max(x, dim=self.dim).values


def get_inputs():
    return [torch.rand(batch, rows, cols)]


def get_init_inputs():
    return [reduce_dim]
