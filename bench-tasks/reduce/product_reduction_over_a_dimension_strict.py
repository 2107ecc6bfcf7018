"""Product along one dimension: out[b, c] = product over r of x[b, r, c], for dim = 1.

x: float32 [batch, rows, cols], normal around 1 with a standard deviation of 0.02. out: float32 [batch, cols].
8 GiB are read at full size.

Strict variant of reduce/product_reduction_over_a_dimension. Published products of 4096 uniform numbers underflow, and
zeros pass; here factors are near 1, and products mostly between 0.01 and 10.
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
    return [1 + 0.02 * torch.randn(batch, rows, cols)]


def get_init_inputs():
    return [reduce_dim]
