"""Mean along one dimension: out[b, c] = (sum over r of x[b, r, c]) / rows, for dim = 1.

x: float32 [batch, rows, cols], uniform in [0, 1). out: float32 [batch, cols].
8 GiB are read at full size, column by column with a stride of 16 KiB. The means crowd around 1/2, so a wrong order of
elements hardly shows. KernelBench L1/48 (other sizes there).
"""

import torch
import torch.nn as nn

batch = 128
rows = 4096
cols = 4096
reduce_dim = 1

PRESETS = {
    "small": {"batch": 3, "rows": 1092, "cols": 132},
    "odd": {"batch": 1, "rows": 65, "cols": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.mean(x, dim=self.dim)


def get_inputs():
    return [torch.rand(batch, rows, cols)]


def get_init_inputs():
    return [reduce_dim]
