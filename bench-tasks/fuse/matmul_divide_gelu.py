"""A linear layer, a division, exact GELU: out = gelu(linear(x) / 10).

x: float32 [batch_size, input_size], uniform in [0, 1). linear: Linear with bias. out: float32 [batch_size,
output_size]. With PyTorch's initial weights arguments are a few hundredths, where GELU is nearly x / 2. 137 billion
operations at full size. KernelBench L2/86.
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
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, output_size, divisor]
