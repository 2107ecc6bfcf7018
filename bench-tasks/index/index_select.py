"""Columns picked by index, the same ones in every row: out[b, i] = x[b, indices[i]].

x: float32 [batch_size, source_len], uniform in [0, 1). indices: int64 [num_indices], in [0, source_len). out: float32
[batch_size, num_indices].
The picked columns are random, so that each element costs a sector of 32 bytes unless a row is read as a whole; the
indices are shared by all rows.
"""

import torch
import torch.nn as nn

batch_size = 256
source_len = 8192
num_indices = 2048

PRESETS = {
    "small": {"batch_size": 7, "source_len": 1300, "num_indices": 1100},
    "odd": {"batch_size": 5, "source_len": 263, "num_indices": 65},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, indices):
        return torch.index_select(x, 1, indices)


def get_inputs():
    return [torch.rand(batch_size, source_len), torch.randint(0, source_len, (num_indices,))]


def get_init_inputs():
    return []
