"""A linear layer, a division, exact GELU: out = gelu(linear(x) / 10).

x: float32 [batch_size, input_size], normal with a standard deviation of 8. linear: Linear with bias. out: float32
[batch_size, output_size]. 137 billion operations at full size.

Strict variant of fuse/matmul_divide_gelu. Published results are so small that half-precision arithmetic is within the
tolerance; inputs are normal and wider here.
"""

import torch
import torch.nn as nn

batch_size = 1024
input_size = 8192
output_size = 8192
divisor = 10.0

PRESETS = {
    "small": {"batch_size": 5, "input_size": 124, "output_size": 76},
    "odd": {"batch_size": 3, "input_size": 133, "output_size": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, output_size, divisor):
        super().__init__()
        self.linear = nn.Linear(input_size, output_size)
        self.divisor = divisor

    def forward(self, x):
        return nn.functional.gelu(self.linear(x) / self.divisor)


def get_inputs():
    return [8 * torch.randn(batch_size, input_size)]


def get_init_inputs():
    return [input_size, output_size, divisor]
