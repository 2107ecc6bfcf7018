"""Product along one dimension: out[b, c] = product over r of x[b, r, c], for dim = 1.

x: float32 [batch, rows, cols], uniform in [0, 1). out: float32 [batch, cols].
A product of n uniform values is about exp(-n): at full size (4096 rows) every result underflows to 0, so that only the
smaller presets, with few rows, show whether a kernel multiplies at all. 8 GiB are read at full size.
"""

import torch
import torch.nn as nn

batch = 128
rows = 4096
cols = 4096
reduce_dim = 1

PRESETS = {
    "small": {"batch": 3, "rows": 38, "cols": 148},
    "odd": {"batch": 5, "rows": 33, "cols": 29},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.prod(x, dim=self.dim)


def get_inputs():
    return [torch.rand(batch, rows, cols)]


def get_init_inputs():
    return [reduce_dim]
