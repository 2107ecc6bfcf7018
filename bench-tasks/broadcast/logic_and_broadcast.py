"""Logical and with a mask a row: out[b, r, c] = a[b, r, c] and b[0, r, 0].

a: bool [batch, rows, columns], b: bool [1, rows, 1], both true with probability 1/2. out: bool [batch, rows, columns].
A bool is one byte, 0 or 1: 64 MiB in, 64 MiB out at full size, best moved 16 elements at a time. Rows whose mask is
false need not be read.
"""

import torch
import torch.nn as nn

batch = 128
rows = 512
columns = 1024

PRESETS = {
    "small": {"batch": 3, "rows": 10, "columns": 140},
    "odd": {"batch": 1, "rows": 13, "columns": 97},
    "full": {},
}


class Model(nn.Module):
    def forward(self, a, b):
        return a & b


def get_inputs():
    return [
        torch.randint(0, 2, (batch, rows, columns), dtype=torch.bool),
        torch.randint(0, 2, (1, rows, 1), dtype=torch.bool),
    ]


def get_init_inputs():
    return []
