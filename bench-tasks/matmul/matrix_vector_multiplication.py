"""A matrix times a column: out = A @ B.

A: float32 [M, K], B: float32 [K, 1], both uniform in [0, 1). out: float32 [M, 1], each a sum of K positive products.
Each element of A is used once: 8 GiB are read at full size and that is the time. A row (4 MiB) is a sum for a block or
several. KernelBench L1/4.
"""

import torch
import torch.nn as nn

M = 256 * 8
K = 131072 * 8

PRESETS = {"small": {"M": 13, "K": 9228}, "odd": {"M": 7, "K": 1033}, "full": {}}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(M, K), torch.rand(K, 1)]


def get_init_inputs():
    return []
