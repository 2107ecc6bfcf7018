"""Matrix product with a long inner dimension: out = A @ B.

A: float32 [M, K], B: float32 [K, N], both uniform in [0, 1). out: float32 [M, N]; at full size each element is a sum of
524288 positive products, about 131072, so that the order of summation shows.
The output has too few tiles to fill a GPU: K must be split among blocks and their sums added. KernelBench L1/6.
"""

import torch
import torch.nn as nn

M = 256
N = 256
K = 131072 * 4

PRESETS = {
    "small": {"M": 132, "N": 140, "K": 1292},
    "odd": {"M": 17, "N": 19, "K": 1031},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(M, K), torch.rand(K, N)]


def get_init_inputs():
    return []
