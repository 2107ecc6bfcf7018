"""Matrix product with sizes that fit no tile: out = A @ B.

A: float32 [M, K], B: float32 [K, N], both uniform in [0, 1). out: float32 [M, N]. M, K and N are odd: no row but each
fourth starts at a 16-byte boundary, and every edge has a remainder.
287 billion operations at full size. KernelBench L1/8.
"""

import torch
import torch.nn as nn

M = 8205
K = 2949
N = 5921

PRESETS = {
    "small": {"M": 149, "K": 77, "N": 157},
    "odd": {"M": 67, "K": 35, "N": 39},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(M, K), torch.rand(K, N)]


def get_init_inputs():
    return []
