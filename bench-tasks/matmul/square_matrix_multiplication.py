"""Product of two square matrices: out = A @ B.

A, B: float32 [N, N], uniform in [0, 1). out: float32 [N, N]. Sums of N positive products, so reduced precision shows.
At full size 137 billion operations on 192 MiB: bound by arithmetic, not by memory. KernelBench L1/1.
"""

import torch
import torch.nn as nn

N = 4096

PRESETS = {"small": {"N": 148}, "odd": {"N": 33}, "full": {}}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def get_inputs():
    return [torch.rand(N, N), torch.rand(N, N)]


def get_init_inputs():
    return []
