"""Elements written within each row where an index says: out = x, then out[b, idx[b, i]] = updates[b, i].

x: float32 [batch_size, row_len], zeros. idx: int64 [batch_size, num_updates], in [0, row_len), drawn with replacement.
updates: float32 [batch_size, num_updates], uniform in [0, 1). out: float32 [batch_size, row_len].
At full size about 860 of a row's 4096 updates meet another one at their place, and a GPU may let any of them win;
PyTorch's CPU lets the last one win.
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
        torch.zeros(batch_size, row_len),
        torch.randint(0, row_len, (batch_size, num_updates)),
        torch.rand(batch_size, num_updates),
    ]


def get_init_inputs():
    return []
