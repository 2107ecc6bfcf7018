"""A linear layer, exact GELU, softmax of each row: out = softmax over o of gelu(linear(x)).

x: float32 [batch_size, in_features], uniform in [0, 1). linear: Linear with bias. out: float32
[batch_size, out_features], all near 1 / out_features.
A row of 8192 spans many tiles at full size: sums of exponentials go through memory before the result can be written.
137 billion operations. KernelBench L2/99.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192

PRESETS = {
    "small": {"batch_size": 7, "in_features": 68, "out_features": 132},
    "odd": {"batch_size": 3, "in_features": 71, "out_features": 67},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return torch.softmax(nn.functional.gelu(self.linear(x)), dim=1)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
