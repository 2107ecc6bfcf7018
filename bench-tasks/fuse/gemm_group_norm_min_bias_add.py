"""A linear layer, group normalisation, the smallest feature of each row, and its sum with every bias:
out[0, o, b, 0] = min over f of group_norm(gemm(x))[b, f] + bias[0, o, 0, 0].

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. group_norm: num_groups groups of
features in each row, biased variance, eps 1e-5, weight (1) and bias (0) a feature. bias: float32 [1, out_features, 1,
1], standard normal. out: float32 [1, out_features, batch_size, 1]: a column of minima and a column of biases broadcast
against each other.
1024 minima at full size become 32 MiB of output. KernelBench L2/75.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
num_groups = 512
bias_shape = (1, out_features, 1, 1)

PRESETS = {
    "small": {"batch_size": 20, "in_features": 44, "out_features": 76, "num_groups": 19},
    "odd": {"batch_size": 13, "in_features": 33, "out_features": 45, "num_groups": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, num_groups, bias_shape):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.group_norm = nn.GroupNorm(num_groups, out_features)
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        x = self.group_norm(self.gemm(x))
        return torch.min(x, dim=1, keepdim=True).values + self.bias


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, num_groups, bias_shape]
