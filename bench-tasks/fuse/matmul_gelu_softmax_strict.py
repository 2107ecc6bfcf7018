"""A linear layer, exact GELU, softmax of each row: out = softmax over o of gelu(linear(x)).

x: float32 [batch_size, in_features], normal with a standard deviation of 4.3. linear: Linear with bias. out: float32
[batch_size, out_features].
A row of 8192 spans many tiles at full size: sums of exponentials go through memory before the result can be written.
137 billion operations.

Strict variant of fuse/matmul_gelu_softmax. Published results are all near 1 / 8192, within the tolerance of a constant;
inputs are normal and wider here.
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
    return [4.3 * torch.randn(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
