"""Product of two lower triangular matrices, triangular again: out = tril(A @ B).

A, B: float32 [M, M], uniform in [0, 1) on and below the diagonal, 0 above it. out: float32 [M, M], 0 above the
diagonal. out[i, j] needs only k from j to i: a sixth of the 137 billion operations of the dense product at full size.
KernelBench L1/15.
"""

import torch
import torch.nn as nn

M = 4096

PRESETS = {"small": {"M": 148}, "odd": {"M": 67}, "full": {}}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.tril(torch.matmul(A, B))


def get_inputs():
    return [torch.tril(torch.rand(M, M)), torch.tril(torch.rand(M, M))]


def get_init_inputs():
    return []
