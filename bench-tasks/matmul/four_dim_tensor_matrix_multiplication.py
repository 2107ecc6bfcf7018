"""The last dimension of a four-dimensional tensor times a matrix: out[b, i, j, :] = A[b, i, j, :] @ B.

A: float32 [b, i, j, l], B: float32 [l, k], both uniform in [0, 1). out: float32 [b, i, j, k].
One product of b * i * j rows (a million at full size, 412 billion operations) with a small matrix that stays in the
cache. KernelBench L1/11.
"""

import torch
import torch.nn as nn

b = 8
i = 256
j = 512
l = 256  # noqa: E741 - the name in the formula
k = 768

PRESETS = {
    "small": {"b": 2, "i": 5, "j": 12, "l": 76, "k": 140},
    "odd": {"b": 3, "i": 7, "j": 9, "l": 35, "k": 33},
    "full": {},
}


class Model(nn.Module):
    def forward(self, A, B):
        return torch.einsum("bijl,lk->bijk", A, B)


def get_inputs():
    return [torch.rand(b, i, j, l), torch.rand(l, k)]


def get_init_inputs():
    return []
