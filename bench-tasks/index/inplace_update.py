"""Rows of an input overwritten in place: x[idx[n]] = value[n]; the result is x itself.

x: float32 [rows, columns], zeros, changed by forward. idx: int64 [num_updates], in [0, rows), drawn with replacement.
value: float32 [num_updates, columns], uniform in [0, 1). out: x.
Rows that no index names stay where they are, so that only 8 MiB are read and written at full size. An index that occurs
twice (about 190 of 2048 do) leaves open which row wins on a GPU; PyTorch's CPU lets the last one win.
"""

import torch
import torch.nn as nn

rows = 10000
columns = 1024
num_updates = 2048

PRESETS = {
    "small": {"rows": 1100, "columns": 260, "num_updates": 290},
    "odd": {"rows": 99, "columns": 35, "num_updates": 21},
    "full": {},
}
IN_PLACE = ["x"]


class Model(nn.Module):
    def forward(self, x, idx, value):
        x[idx] = value
        return x


def get_inputs():
    return [torch.zeros(rows, columns), torch.randint(0, rows, (num_updates,)), torch.rand(num_updates, columns)]


def get_init_inputs():
    return []
