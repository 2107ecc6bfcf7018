"""A linear layer, a subtraction, a factor, ReLU: out = max(0, (linear(x) - 2) * 1.5).

x: float32 [batch_size, in_features], normal with a standard deviation of 8. linear: Linear with bias. out: float32
[batch_size, out_features]. 137 billion operations at full size.

Strict variant of fuse/matmul_subtract_multiply_relu. Published products stay below 2, so that every result is 0; inputs
are normal and wider here.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
subtract_value = 2.0
multiply_value = 1.5

PRESETS = {
    "small": {"batch_size": 5, "in_features": 84, "out_features": 92},
    "odd": {"batch_size": 3, "in_features": 73, "out_features": 45},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, subtract_value, multiply_value):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.subtract_value = subtract_value
        self.multiply_value = multiply_value

    def forward(self, x):
        x = (self.linear(x) - self.subtract_value) * self.multiply_value
        return torch.relu(x)


def get_inputs():
    return [8 * torch.randn(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, subtract_value, multiply_value]
