"""A linear layer, a factor, leaky ReLU: v = 2 * gemm(x), out = v where v >= 0, else 0.1 * v.

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. out: float32 [batch_size,
out_features]. 137 billion operations at full size; the rest is an epilogue. KernelBench L2/12.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
multiplier = 2.0
negative_slope = 0.1

PRESETS = {
    "small": {"batch_size": 7, "in_features": 140, "out_features": 68},
    "odd": {"batch_size": 5, "in_features": 131, "out_features": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, multiplier, negative_slope):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.multiplier = multiplier
        self.leaky_relu = nn.LeakyReLU(negative_slope)

    def forward(self, x):
        return self.leaky_relu(self.gemm(x) * self.multiplier)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, multiplier, negative_slope]
