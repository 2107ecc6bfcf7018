"""ReLU, element by element: out = max(0, x).

x: float32 [batch, dim], standard normal. out: float32 [batch, dim].
12 GiB of traffic at full size; an element's byte offset needs 64 bits.

Strict variant of activation/relu. Published inputs are positive, where the operation gives back what it is given; of
normal ones half are negative.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 3, "dim": 1076}, "odd": {"batch": 1, "dim": 1021}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.relu(x)


def get_inputs():
    return [torch.randn(batch, dim)]


def get_init_inputs():
    return []
