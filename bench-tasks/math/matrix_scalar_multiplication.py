"""A matrix times a number: C = A * s.

A: float32 [M, N], uniform in [0, 1). s: a Python number, 3.14, which the launch plan passes as a scalar. out: float32
[M, N].
8 GiB of traffic at full size: a copy at the speed of memory. KernelBench L1/5.
"""

import torch
import torch.nn as nn

M = 65536
N = 16384
s = 3.14

PRESETS = {"small": {"M": 7, "N": 404}, "odd": {"M": 5, "N": 205}, "full": {}}


class Model(nn.Module):
    def forward(self, A, s):
        return A * s


def get_inputs():
    return [torch.rand(M, N), s]


def get_init_inputs():
    return []
