"""ELU, element by element: out = x where x > 0, else alpha * (exp(x) - 1); alpha = 1.

x: float32 [batch, dim], standard normal. out: float32 [batch, dim].
6 GiB in, 6 GiB out at full size: a good kernel moves them once at the speed of memory. Half of the inputs take the
exponential branch.

Strict variant of activation/elu. Published inputs are positive, where the operation gives back what it is given; normal
ones take the exponential branch as often.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216
alpha = 1.0

PRESETS = {"small": {"batch": 3, "dim": 1036}, "odd": {"batch": 5, "dim": 257}, "full": {}}


class Model(nn.Module):
    def __init__(self, alpha):
        super().__init__()
        self.alpha = alpha

    def forward(self, x):
        return nn.functional.elu(x, self.alpha)


def get_inputs():
    return [torch.randn(batch, dim)]


def get_init_inputs():
    return [alpha]
