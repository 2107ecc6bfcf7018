"""Running sum along each row: out[b, i] = x[b, 0] + … + x[b, i], for dim = 1.

x: float32 [batch_size, length], uniform in [0, 1). out: float32 [batch_size, length].
A scan of rows that no block holds at once: a block works through its row in pieces and carries the sum along. 8 GiB of
traffic at full size. KernelBench L1/89.
"""

import torch
import torch.nn as nn

batch_size = 32768
length = 32768
dim = 1

PRESETS = {"small": {"batch_size": 3, "length": 9228}, "odd": {"batch_size": 5, "length": 259}, "full": {}}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.cumsum(x, dim=self.dim)


def get_inputs():
    return [torch.rand(batch_size, length)]


def get_init_inputs():
    return [dim]
