"""A linear layer, ReLU, a division: out = max(0, linear(x)) / 2.

x: float32 [batch_size, in_features], uniform in [0, 1). linear: Linear with bias. out: float32
[batch_size, out_features].
137 billion operations at full size on 320 MiB, of which the weight is 256: bound by arithmetic. KernelBench L2/63.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
divisor = 2.0

PRESETS = {
    "small": {"batch_size": 9, "in_features": 100, "out_features": 92},
    "odd": {"batch_size": 7, "in_features": 99, "out_features": 43},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, divisor):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.divisor = divisor

    def forward(self, x):
        return torch.relu(self.linear(x)) / self.divisor


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, divisor]
