"""Hard tanh, element by element: x clamped to [-1, 1].

x: float32 [batch, dim], normal with a standard deviation of 2. out: float32 [batch, dim].
12 GiB of traffic at full size and one operation an element.

Strict variant of activation/hardtanh. Published inputs lie within the limits, where the operation gives back what it is
given; normal ones of twice the width pass a limit in three of five elements.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1132}, "odd": {"batch": 1, "dim": 509}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.hardtanh(x, min_val=-1.0, max_val=1.0)


def get_inputs():
    return [2 * torch.randn(batch, dim)]


def get_init_inputs():
    return []
