"""Matrix product whose first operand lies transposed: out = A^T @ B.

A: float32 [K, M], B: float32 [K, N], both uniform in [0, 1). out: float32 [M, N].
Both operands are contiguous along the output's dimensions, as the outer-product form of a tile wants them.
137 billion operations at full size. KernelBench L1/16.
"""

import torch
import torch.nn as nn

M = 1024 * 2
K = 4096 * 2
N = 2048 * 2

PRESETS = {
    "small": {"M": 148, "K": 156, "N": 140},
    "odd": {"M": 37, "K": 67, "N": 41},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A.T, B)


def get_inputs():
    return [torch.rand(K, M), torch.rand(K, N)]


def get_init_inputs():
    return []
