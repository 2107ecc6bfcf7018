"""A matrix product, a division, the sum of each row, a factor: out[b] = 1.5 * sum over h of (x @ weight^T)[b, h] / 2.

x: float32 [batch_size, input_size], uniform in [0, 1). weight: float32 [hidden_size, input_size], standard normal. out:
float32 [batch_size, 1].
The sum may be taken over weight's rows first: then it is a matrix-vector product, 288 MiB read once at full size
instead of 137 billion operations. KernelBench L2/14.
"""

import torch
import torch.nn as nn

batch_size = 1024
input_size = 8192
hidden_size = 8192
scaling_factor = 1.5

PRESETS = {
    "small": {"batch_size": 12, "input_size": 132, "hidden_size": 76},
    "odd": {"batch_size": 7, "input_size": 67, "hidden_size": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, scaling_factor):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(hidden_size, input_size))
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = torch.matmul(x, self.weight.T) / 2
        return torch.sum(x, dim=1, keepdim=True) * self.scaling_factor


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size, scaling_factor]
