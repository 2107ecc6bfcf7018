"""A linear layer, swish, a factor: v = matmul(x), out = 2 * v * sigmoid(v).

x: float32 [batch_size, in_features], uniform in [0, 1). matmul: Linear with bias. out: float32
[batch_size, out_features].
4 GiB of weight are read at full size for 128 rows: 64 operations a byte, arithmetic and memory near balance.
KernelBench L2/59.
"""

import torch
import torch.nn as nn

batch_size = 128
in_features = 32768
out_features = 32768
scaling_factor = 2.0

PRESETS = {
    "small": {"batch_size": 9, "in_features": 84, "out_features": 68},
    "odd": {"batch_size": 7, "in_features": 75, "out_features": 39},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, scaling_factor):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = self.matmul(x)
        return x * torch.sigmoid(x) * self.scaling_factor


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scaling_factor]
