"""Each row divided by its Euclidean length: out[b, i] = x[b, i] / sqrt(sum over j of x[b, j]^2).

x: float32 [batch_size, dim], uniform in [0, 1). out: float32 [batch_size, dim], at full size below 0.007.
A row of odd length (65535) is summed, then divided: one read if a block keeps it in registers and shared memory, two if
not. 8 GiB in, 8 GiB out. KernelBench L1/39.
"""

import torch
import torch.nn as nn

batch_size = 32768
dim = 65535

PRESETS = {"small": {"batch_size": 3, "dim": 908}, "odd": {"batch_size": 5, "dim": 261}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x / torch.norm(x, p=2, dim=1, keepdim=True)


def get_inputs():
    return [torch.rand(batch_size, dim)]


def get_init_inputs():
    return []
