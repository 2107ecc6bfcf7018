"""Matrix product whose second operand lies transposed, as a linear layer's weight does: out = A @ B^T.

A: float32 [M, K], B: float32 [N, K], both uniform in [0, 1). out: float32 [M, N].
Both operands are contiguous along K: loads coalesce, and tiles are turned on the way into shared memory.
137 billion operations at full size. KernelBench L1/17.
"""

import torch
import torch.nn as nn

M = 1024 * 2
K = 4096 * 2
N = 2048 * 2

PRESETS = {
    "small": {"M": 140, "K": 148, "N": 156},
    "odd": {"M": 35, "K": 71, "N": 39},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B.T)


def get_inputs():
    return [torch.rand(M, K), torch.rand(N, K)]


def get_init_inputs():
    return []
