"""Sum over one dimension, which is kept with size 1: out[b, 0, c] = sum over r of x[b, r, c], for dim = 1.

x: float32 [batch, rows, cols], uniform in [0, 1). out: float32 [batch, 1, cols].
The summed dimension is not the innermost one: neighbouring threads should own neighbouring columns. At full size 8 GiB
are read and almost nothing is written. KernelBench L1/47 (other sizes there).
"""

import torch
import torch.nn as nn

batch = 128
rows = 4096
cols = 4096
reduce_dim = 1

PRESETS = {
    "small": {"batch": 3, "rows": 1100, "cols": 68},
    "odd": {"batch": 1, "rows": 33, "cols": 31},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.sum(x, dim=self.dim, keepdim=True)


def get_inputs():
    return [torch.rand(batch, rows, cols)]


def get_init_inputs():
    return [reduce_dim]
