"""Elements written within each row where an index says: out = x, then out[b, idx[b, i]] = updates[b, i].

x: float32 [batch_size, row_len], uniform in [0, 1). idx: int64 [batch_size, num_updates], in [0, row_len), all of a row
different.
updates: float32 [batch_size, num_updates], uniform in [0, 1). out: float32 [batch_size, row_len].

Strict variant of index/scatter. Published indices are drawn with replacement, and which of two writes to one element
wins is undefined on a GPU, and x is zeros; here a row's indices are the start of a permutation, and x is uniform.
"""

import torch
import torch.nn as nn

batch_size = 64
row_len = 8192
num_updates = 4096

PRESETS = {
    "small": {"batch_size": 5, "row_len": 1300, "num_updates": 1060},
    "odd": {"batch_size": 3, "row_len": 131, "num_updates": 65},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, idx, updates):
        return x.scatter(1, idx, updates)


def get_inputs():
    return [
        torch.rand(batch_size, row_len),
        torch.rand(batch_size, row_len).argsort(dim=1)[:, :num_updates],
        torch.rand(batch_size, num_updates),
    ]


def get_init_inputs():
    return []
