"""Elements added up within each row where an index says: out = x, then out[b, idx[b, i]] += updates[b, i].

x: float32 [batch_size, row_len], zeros. idx: int64 [batch_size, num_updates], in [0, row_len). updates: float32
[batch_size, num_updates], uniform in [0, 1). out: float32 [batch_size, row_len].
Additions that meet at one place may come in any order, which shows in rounding only. A row of 16 KiB fits shared
memory, where atomic additions are cheap; 32 rows leave most of a GPU without a block.
"""

import torch
import torch.nn as nn

batch_size = 32
row_len = 4096
num_updates = 1024

PRESETS = {
    "small": {"batch_size": 5, "row_len": 1300, "num_updates": 1060},
    "odd": {"batch_size": 3, "row_len": 129, "num_updates": 67},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, idx, updates):
        return x.scatter_add(1, idx, updates)


def get_inputs():
    return [
        torch.zeros(batch_size, row_len),
        torch.randint(0, row_len, (batch_size, num_updates)),
        torch.rand(batch_size, num_updates),
    ]


def get_init_inputs():
    return []
