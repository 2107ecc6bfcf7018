"""A diagonal matrix times a matrix, which scales its rows: out[i, j] = A[i] * B[i, j].

A: float32 [N], the diagonal; B: float32 [N, M], both uniform in [0, 1). out: float32 [N, M].
PyTorch builds the diagonal matrix and multiplies, 137 billion operations at full size; scaling rows takes 16 million
and 128 MiB of traffic. KernelBench L1/12 (written as a scaling there).
"""

import torch
import torch.nn as nn

N = 4096
M = 4096

PRESETS = {"small": {"N": 148, "M": 212}, "odd": {"N": 33, "M": 69}, "full": {}}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(torch.diag(A), B)


def get_inputs():
    return [torch.rand(N), torch.rand(N, M)]


def get_init_inputs():
    return []
