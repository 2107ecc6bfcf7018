"""Product of rows with rows, each operand repeated along another dimension: out[i, j, f] = a[i, 0, f] * b[0, j, f].

a: float32 [rows, 1, features], b: float32 [1, columns, features], both uniform in [0, 1). out: float32
[rows, columns, features].
The output is larger than both inputs together; a thread that keeps one element of b reuses it for every row.
"""

import torch
import torch.nn as nn

rows = 4
columns = 4
features = 2048

PRESETS = {
    "small": {"rows": 3, "columns": 5, "features": 268},
    "odd": {"rows": 7, "columns": 3, "features": 101},
    "full": {},
}


class Model(nn.Module):
    def forward(self, a, b):
        return a * b


def get_inputs():
    return [torch.rand(rows, 1, features), torch.rand(1, columns, features)]


def get_init_inputs():
    return []
