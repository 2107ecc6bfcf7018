"""A linear layer and half of itself added: v = matmul(x), out = 0.5 * v + v.

x: float32 [batch_size, in_features], uniform in [0, 1). matmul: Linear with bias. out: float32
[batch_size, out_features].
PyTorch copies v and makes two more kernels over 256 MiB at full size; it is a factor in the epilogue of 550 billion
operations. KernelBench L2/40.
"""

import torch
import torch.nn as nn

batch_size = 16384
in_features = 4096
out_features = 4096
scaling_factor = 0.5

PRESETS = {
    "small": {"batch_size": 20, "in_features": 68, "out_features": 76},
    "odd": {"batch_size": 13, "in_features": 67, "out_features": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, scaling_factor):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = self.matmul(x)
        original = x.clone().detach()
        return x * self.scaling_factor + original


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scaling_factor]
