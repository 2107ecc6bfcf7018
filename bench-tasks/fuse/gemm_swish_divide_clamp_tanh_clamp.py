"""A linear layer, swish, a division, limits, tanh, limits:
v = gemm(x), out = clamp(tanh(clamp(v * sigmoid(v) / 2, -1, 1)), -1, 1).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. out: float32 [batch_size,
out_features]. The second limits never act: tanh stays within them. 137 billion operations at full size and an epilogue.
KernelBench L2/81.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192

PRESETS = {
    "small": {"batch_size": 5, "in_features": 92, "out_features": 100},
    "odd": {"batch_size": 3, "in_features": 101, "out_features": 47},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features, bias=bias)

    def forward(self, x):
        x = self.gemm(x)
        x = torch.clamp(x * torch.sigmoid(x) / 2, min=-1.0, max=1.0)
        return torch.clamp(torch.tanh(x), min=-1.0, max=1.0)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
