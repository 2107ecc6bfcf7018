"""Two linear layers with a sigmoid between them, log-sum-exp of each row:
out[b] = log(sum over o of exp(linear2(sigmoid(linear1(x)))[b, o])).

x: float32 [batch_size, input_size], uniform in [0, 1). linear1, linear2: Linear with bias. out: float32 [batch_size].
275 + 137 billion operations at full size; 256 MiB of hidden values lie between the products, one number a row comes
out. KernelBench L2/45.
"""

import torch
import torch.nn as nn

batch_size = 16384
input_size = 2048
hidden_size = 4096
output_size = 1024

PRESETS = {
    "small": {"batch_size": 20, "input_size": 44, "hidden_size": 76, "output_size": 36},
    "odd": {"batch_size": 7, "input_size": 35, "hidden_size": 67, "output_size": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.linear1 = nn.Linear(input_size, hidden_size)
        self.linear2 = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        hidden = torch.sigmoid(self.linear1(x))
        return torch.logsumexp(self.linear2(hidden), dim=1)


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size, output_size]
