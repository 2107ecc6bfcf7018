"""Larger of two operands, each repeated along another dimension: out[i, j, k] = max(a[i, 0, k], b[0, j, 0]).

a: float32 [batch, 1, features], b: float32 [1, rows, 1], both uniform in [0, 1). out: float32 [batch, rows, features].
The inputs are 65 KiB, the output is 16 MiB at full size: writes alone count. NaN in either operand would give NaN.
"""

import torch
import torch.nn as nn

batch = 16
rows = 256
features = 1024

PRESETS = {
    "small": {"batch": 3, "rows": 10, "features": 140},
    "odd": {"batch": 5, "rows": 11, "features": 37},
    "full": {},
}


class Model(nn.Module):
    def forward(self, a, b):
        return torch.maximum(a, b)


def get_inputs():
    return [torch.rand(batch, 1, features), torch.rand(1, rows, 1)]


def get_init_inputs():
    return []
