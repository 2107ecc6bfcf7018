"""Hard sigmoid, element by element: out = min(1, max(0, x / 6 + 1/2)), a sigmoid made of three straight lines.

x: float32 [batch, dim], uniform in [0, 1), so that only the middle line shows. out: float32 [batch, dim].
Two operations an element on 12 GiB of traffic at full size: memory alone decides. KernelBench L1/28.
"""

import torch
import torch.nn as nn

batch = 4096
dim = 393216

PRESETS = {"small": {"batch": 5, "dim": 908}, "odd": {"batch": 3, "dim": 259}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.hardsigmoid(x)


def get_inputs():
    return [torch.rand(batch, dim)]


def get_init_inputs():
    return []
