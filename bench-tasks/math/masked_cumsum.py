"""Running sum along each row over the elements that a mask lets through: out[b, i] = sum over j <= i of
x[b, j] * mask[b, j], for dim = 1.

x: float32 [batch_size, length], uniform in [0, 1). mask: bool [batch_size, length], true with probability 1/2. out:
float32 [batch_size, length].
The product belongs into the scan's load; 5 GiB in, 4 GiB out at full size. KernelBench L1/93.
"""

import torch
import torch.nn as nn

batch_size = 32768
length = 32768
dim = 1

PRESETS = {"small": {"batch_size": 3, "length": 9004}, "odd": {"batch_size": 5, "length": 261}, "full": {}}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x, mask):
        return torch.cumsum(x * mask, dim=self.dim)


def get_inputs():
    return [torch.rand(batch_size, length), torch.randint(0, 2, (batch_size, length)).bool()]


def get_init_inputs():
    return [dim]
