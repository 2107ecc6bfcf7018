"""Matrix product with both operands transposed: out = A^T @ B^T, the transpose of B @ A.

A: float32 [K, M], B: float32 [N, K], both uniform in [0, 1). out: float32 [M, N].
Neither operand lies as a tile wants it: A is contiguous along M, B along K. 137 billion operations at full size.
KernelBench L1/18.
"""

import torch
import torch.nn as nn

M = 1024 * 2
K = 4096 * 2
N = 2048 * 2

PRESETS = {
    "small": {"M": 156, "K": 140, "N": 148},
    "odd": {"M": 39, "K": 73, "N": 37},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A.T, B.T)


def get_inputs():
    return [torch.rand(K, M), torch.rand(N, K)]


def get_init_inputs():
    return []
