"""Power with an exponent a column: out[b, f] = x[b, f] ** exponent[f].

x: float32 [batch, features], uniform in [0.01, 1.01). exponent: float32 [features], the constant 0.5, so that the
result is a square root; a kernel may not assume it. out: float32 [batch, features].
powf is the most expensive elementwise function there is; 8192 elements at full size are still one launch's worth.
"""

import torch
import torch.nn as nn

batch = 4
features = 2048

PRESETS = {"small": {"batch": 3, "features": 332}, "odd": {"batch": 1, "features": 149}, "full": {}}


class Model(nn.Module):
    def forward(self, x, exponent):
        return torch.pow(x, exponent)


def get_inputs():
    return [torch.rand(batch, features).abs() + 0.01, torch.full((features,), 0.5)]


def get_init_inputs():
    return []
