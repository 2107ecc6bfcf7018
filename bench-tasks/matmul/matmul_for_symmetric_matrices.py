"""Product of two symmetric matrices: out = A @ B. The product itself is not symmetric.

A, B: float32 [N, N], the mean of a uniform matrix and its transpose: values in [0, 1), triangular in distribution.
out: float32 [N, N].
Symmetry lets either operand be read along rows or along columns, whichever coalesces; it saves no operation of the 137
billion at full size. KernelBench L1/13.
"""

import torch
import torch.nn as nn

N = 4096

PRESETS = {"small": {"N": 164}, "odd": {"N": 71}, "full": {}}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.matmul(A, B)


def symmetric():
    half = torch.rand(N, N)
    return (half + half.T) / 2


def get_inputs():
    return [symmetric(), symmetric()]


def get_init_inputs():
    return []
