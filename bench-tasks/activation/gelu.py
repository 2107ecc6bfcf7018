"""GELU, exact form: out = x * Phi(x) = x / 2 * (1 + erf(x / sqrt(2))), element by element.

x: float32 [batch, dim], uniform in [0, 1). out: float32 [batch, dim].
At full size 6 GiB are read and 6 GiB written: a good kernel runs at the speed of memory, and the offset of an element
no longer fits a 32-bit byte index. KernelBench L1/26.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1030}, "odd": {"batch": 1, "dim": 257}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.gelu(x)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
