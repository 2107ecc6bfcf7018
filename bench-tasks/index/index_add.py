"""Rows added up where an index says: out = x, then out[indices[n]] += values[n] for every n.

x: float32 [rows, columns], zeros. indices: int64 [num_values], in [0, rows). values: float32 [num_values, columns],
uniform in [0, 1). out: float32 [rows, columns].
At full size 8 rows on average go to the same place, in no fixed order: atomic additions that meet, or a sort of the
indices first. 128 MiB are read, 16 MiB written.
"""

import torch
import torch.nn as nn

rows = 1024
columns = 4096
num_values = 8192

PRESETS = {
    "small": {"rows": 140, "columns": 268, "num_values": 1100},
    "odd": {"rows": 13, "columns": 35, "num_values": 103},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, indices, values):
        return x.index_add(0, indices, values)


def get_inputs():
    return [torch.zeros(rows, columns), torch.randint(0, rows, (num_values,)), torch.rand(num_values, columns)]


def get_init_inputs():
    return []
