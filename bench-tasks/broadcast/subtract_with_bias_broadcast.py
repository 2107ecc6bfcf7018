"""One bias a column subtracted from a matrix: out[b, f] = x[b, f] - bias[f].

x: float32 [batch, features], bias: float32 [features], both uniform in [0, 1). out: float32 [batch, features].
32768 elements at full size: launch and latency, not bandwidth.
"""

import torch
import torch.nn as nn

batch = 8
features = 4096

PRESETS = {"small": {"batch": 5, "features": 268}, "odd": {"batch": 3, "features": 263}, "full": {}}


class Model(nn.Module):
    def forward(self, x, bias):
        return x - bias


def get_inputs():
    return [torch.rand(batch, features), torch.rand(features)]


def get_init_inputs():
    return []
