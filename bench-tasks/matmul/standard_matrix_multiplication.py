"""Matrix product: out = A @ B.

A: float32 [M, K], B: float32 [K, N], both uniform in [0, 1). out: float32 [M, N], sums of K positive products.
137 billion operations on 224 MiB at full size: bound by arithmetic. KernelBench L1/2.
"""

import torch
import torch.nn as nn

M = 1024 * 2
K = 4096 * 2
N = 2048 * 2

PRESETS = {
    "small": {"M": 140, "K": 156, "N": 148},
    "odd": {"M": 33, "K": 79, "N": 35},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(M, K), torch.rand(K, N)]


def get_init_inputs():
    return []
