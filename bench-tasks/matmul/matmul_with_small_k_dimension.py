"""Matrix product with a short inner dimension: out = A @ B.

A: float32 [M, K], B: float32 [K, N], both uniform in [0, 1). out: float32 [M, N].
At full size 16 MiB are read, 4 GiB are written, and 32 operations fall on each byte of output: writing and arithmetic
limit it about alike. KernelBench L1/7.
"""

import torch
import torch.nn as nn

M = 16384 * 2
N = 16384 * 2
K = 32 * 2

PRESETS = {
    "small": {"M": 260, "N": 268, "K": 36},
    "odd": {"M": 67, "N": 131, "K": 19},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(M, K), torch.rand(K, N)]


def get_init_inputs():
    return []
