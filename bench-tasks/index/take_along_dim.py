"""Elements of each row taken along dimension 1: out[b, i] = x[b, idx[b, i]]. The same operation as index/gather, by
NumPy's name.

x: float32 [batch_size, source_len], uniform in [0, 1). idx: int64 [batch_size, index_len], in [0, source_len). out:
float32 [batch_size, index_len].
4 MiB of indices for 2 MiB of results at full size.
"""

import torch
import torch.nn as nn

batch_size = 128
source_len = 8192
index_len = 4096

PRESETS = {
    "small": {"batch_size": 3, "source_len": 1300, "index_len": 1060},
    "odd": {"batch_size": 1, "source_len": 521, "index_len": 135},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, idx):
        return torch.take_along_dim(x, idx, dim=1)


def get_inputs():
    return [torch.rand(batch_size, source_len), torch.randint(0, source_len, (batch_size, index_len))]


def get_init_inputs():
    return []
