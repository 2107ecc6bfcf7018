"""Masked elements set to minus infinity: out = -inf where mask, else x. What attention does to its scores.

x: float32 [batch_size, rows, columns], uniform in [0, 1). mask: bool, the same shape, true with probability 1/2. out:
float32, the same shape; about half of it is -inf, which must be matched exactly.
144 MiB of traffic at full size, 9 bytes an element.
"""

import torch
import torch.nn as nn

batch_size = 64
rows = 512
columns = 512

PRESETS = {
    "small": {"batch_size": 3, "rows": 18, "columns": 76},
    "odd": {"batch_size": 1, "rows": 35, "columns": 37},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, mask):
        return x.masked_fill(mask, float("-inf"))


def get_inputs():
    shape = (batch_size, rows, columns)
    return [torch.rand(shape), torch.randint(0, 2, shape, dtype=torch.bool)]


def get_init_inputs():
    return []
