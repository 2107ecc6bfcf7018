"""Rows replaced where an index says: out = x, then out[indices[n]] = src[n].

x: float32 [rows, columns], uniform in [0, 1). indices: int64 [num_copies], in [0, rows), all different. src: float32
[num_copies, columns], uniform in [0, 1). out: float32 [rows, columns].
72 MiB of traffic at full size.

Strict variant of index/index_copy. Published indices are drawn with replacement, and which of two writes to one row
wins is undefined on a GPU, and x is zeros; here indices are the start of a permutation, and x is uniform.
"""

import torch
import torch.nn as nn

rows = 8192
columns = 1024
num_copies = 2048

PRESETS = {
    "small": {"rows": 1100, "columns": 260, "num_copies": 290},
    "odd": {"rows": 101, "columns": 33, "num_copies": 25},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, indices, src):
        return x.index_copy(0, indices, src)


def get_inputs():
    return [torch.rand(rows, columns), torch.randperm(rows)[:num_copies], torch.rand(num_copies, columns)]


def get_init_inputs():
    return []
