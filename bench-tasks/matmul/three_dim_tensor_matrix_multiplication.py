"""The last dimension of a three-dimensional tensor times a matrix: out[n, m, :] = A[n, m, :] @ B.

A: float32 [N, M, K], B: float32 [K, L], both uniform in [0, 1). out: float32 [N, M, L].
One product of N * M rows with a matrix that all samples share: 52 billion operations at full size. KernelBench L1/10.
"""

import torch
import torch.nn as nn

N = 16
M = 1024
K = 2048
L = 768

PRESETS = {
    "small": {"N": 3, "M": 68, "K": 76, "L": 148},
    "odd": {"N": 5, "M": 13, "K": 67, "L": 37},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(N, M, K), torch.rand(K, L)]


def get_init_inputs():
    return []
