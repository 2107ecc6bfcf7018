"""A linear layer and its gated self added: v = gemm(x), out = v + 2 * sigmoid(v).

x: float32 [batch_size, input_size], uniform in [0, 1). gemm: Linear with bias. out: float32 [batch_size, hidden_size].
137 billion operations at full size; the epilogue needs v twice, which is in a register. KernelBench L2/70.
"""

import torch
import torch.nn as nn

batch_size = 1024
input_size = 8192
hidden_size = 8192
scaling_factor = 2.0

PRESETS = {
    "small": {"batch_size": 7, "input_size": 108, "hidden_size": 84},
    "odd": {"batch_size": 3, "input_size": 97, "hidden_size": 41},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, scaling_factor):
        super().__init__()
        self.gemm = nn.Linear(input_size, hidden_size)
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = self.gemm(x)
        return torch.sigmoid(x) * self.scaling_factor + x


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size, scaling_factor]
