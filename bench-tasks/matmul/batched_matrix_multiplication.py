"""Products of two batches of matrices: out[b] = A[b] @ B[b].

A: float32 [batch_size, m, k], B: float32 [batch_size, k, n], both uniform in [0, 1). out: float32 [batch_size, m, n].
275 billion operations at full size in 128 independent products, each large enough to fill its tiles. KernelBench L1/3.
"""

import torch
import torch.nn as nn

batch_size = 128
m = 128 * 4
k = 256 * 4
n = 512 * 4

PRESETS = {
    "small": {"batch_size": 3, "m": 132, "k": 76, "n": 140},
    "odd": {"batch_size": 5, "m": 33, "k": 37, "n": 35},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.bmm(A, B)


def get_inputs():
    return [torch.rand(batch_size, m, k), torch.rand(batch_size, k, n)]


def get_init_inputs():
    return []
