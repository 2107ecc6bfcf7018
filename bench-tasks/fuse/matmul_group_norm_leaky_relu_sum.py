"""A linear layer, group normalisation, leaky ReLU, doubled: v = lr(gn(fc(x))), out = v + v, lr(t) = t where t >= 0,
else 0.01 * t.

x: float32 [batch_size, input_size], uniform in [0, 1). fc: Linear with bias. gn: num_groups groups of features in each
row, biased variance, eps 1e-5, weight (1) and bias (0) a feature. out: float32 [batch_size, hidden_size].
A group is 16 features at full size and fits the epilogue of 137 billion operations. KernelBench L2/62.
"""

import torch
import torch.nn as nn

batch_size = 1024
input_size = 8192
hidden_size = 8192
num_groups = 512

PRESETS = {
    "small": {"batch_size": 5, "input_size": 84, "hidden_size": 76, "num_groups": 19},
    "odd": {"batch_size": 3, "input_size": 67, "hidden_size": 55, "num_groups": 11},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, num_groups, eps=1e-5, negative_slope=0.01):
        super().__init__()
        self.fc = nn.Linear(input_size, hidden_size)
        self.gn = nn.GroupNorm(num_groups, hidden_size, eps=eps)
        self.leaky_relu = nn.LeakyReLU(negative_slope)

    def forward(self, x):
        x = self.leaky_relu(self.gn(self.fc(x)))
        return x + x


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size, num_groups]
