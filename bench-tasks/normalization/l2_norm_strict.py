"""Each row divided by its Euclidean length, which is first divided by sqrt(dim):
out[b, i] = x[b, i] / (sqrt(sum over j of x[b, j]^2) / sqrt(dim)).

x: float32 [batch_size, dim], uniform in [0, 1). out: float32 [batch_size, dim], around 1.
A row of odd length (65535) is summed, then divided: one read if a block keeps it in registers and shared memory, two if
not. 8 GiB in, 8 GiB out.

Strict variant of normalization/l2_norm. Published results are below 0.007, where half-precision arithmetic is within
the tolerance; here a row is divided by its length over sqrt(dim), the root of its mean square.
"""

import math

import torch
import torch.nn as nn

batch_size = 32768
dim = 65535

PRESETS = {"small": {"batch_size": 3, "dim": 908}, "odd": {"batch_size": 5, "dim": 261}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x / (torch.norm(x, p=2, dim=1, keepdim=True) / math.sqrt(x.size(1)))


def get_inputs():
    return [torch.rand(batch_size, dim)]


def get_init_inputs():
    return []
