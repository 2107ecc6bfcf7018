"""Product of a tall matrix with a wide one, an outer product of rank N: out = A @ B.

A: float32 [M, N], B: float32 [N, M], both uniform in [0, 1). out: float32 [M, M].
8 MiB in, 4 GiB out and 69 billion operations at full size: writing the result is the larger part. KernelBench L1/9.
"""

import torch
import torch.nn as nn

M = 16384 * 2
N = 16 * 2

PRESETS = {"small": {"M": 268, "N": 12}, "odd": {"M": 133, "N": 11}, "full": {}}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(M, N), torch.rand(N, M)]


def get_init_inputs():
    return []
