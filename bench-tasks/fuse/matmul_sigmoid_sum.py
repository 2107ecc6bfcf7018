"""A linear layer, sigmoid, the sum of each row: out[b] = sum over h of sigmoid(linear(x)[b, h]).

x: float32 [batch_size, input_size], uniform in [0, 1). linear: Linear with bias. out: float32 [batch_size, 1], all
close to hidden_size / 2, so that a constant nearly passes.
4 GiB of weight are read at full size for 128 rows, 275 billion operations. KernelBench L2/56.
"""

import torch
import torch.nn as nn

batch_size = 128
input_size = 32768
hidden_size = 32768

PRESETS = {
    "small": {"batch_size": 12, "input_size": 76, "hidden_size": 68},
    "odd": {"batch_size": 7, "input_size": 69, "hidden_size": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.linear = nn.Linear(input_size, hidden_size)

    def forward(self, x):
        return torch.sum(torch.sigmoid(self.linear(x)), dim=1, keepdim=True)


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size]
