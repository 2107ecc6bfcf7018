"""Elements of each row picked by index: out[b, i] = x[b, idx[b, i]].

x: float32 [batch_size, source_len], uniform in [0, 1). idx: int64 [batch_size, index_len], in [0, source_len). out:
float32 [batch_size, index_len].
Each index is 8 bytes for 4 bytes of result; the picked elements are random within a row of 32 KiB, which a block can
hold in shared memory.
"""

import torch
import torch.nn as nn

batch_size = 128
source_len = 8192
index_len = 4096

PRESETS = {
    "small": {"batch_size": 5, "source_len": 1300, "index_len": 1036},
    "odd": {"batch_size": 3, "source_len": 257, "index_len": 99},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, idx):
        return torch.gather(x, 1, idx)


def get_inputs():
    return [torch.rand(batch_size, source_len), torch.randint(0, source_len, (batch_size, index_len))]


def get_init_inputs():
    return []
