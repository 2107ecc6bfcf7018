"""Product of two upper triangular matrices, triangular again: out = triu(A @ B).

A, B: float32 [N, N], uniform in [0, 1) on and above the diagonal, 0 below it. out: float32 [N, N], 0 below the
diagonal. out[i, j] needs only k from i to j, so that blocks differ in work from nothing to N products a number.
KernelBench L1/14.
"""

import torch
import torch.nn as nn

N = 4096

PRESETS = {"small": {"N": 156}, "odd": {"N": 69}, "full": {}}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.triu(torch.matmul(A, B))


def get_inputs():
    return [torch.triu(torch.rand(N, N)), torch.triu(torch.rand(N, N))]


def get_init_inputs():
    return []
