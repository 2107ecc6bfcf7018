"""A linear layer, group normalisation, swish, a factor a feature, swish again:
v = swish(group_norm(gemm(x))) * multiply_weight, out = swish(v), swish(t) = t * sigmoid(t).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. group_norm: num_groups groups of
features in each row, biased variance, eps 1e-5, weight (1) and bias (0) a feature. multiply_weight: float32
[out_features], standard normal. out: float32 [batch_size, out_features].
A group is 32 features at full size and fits the epilogue, with the rest. KernelBench L2/88.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
num_groups = 256
multiply_weight_shape = (out_features,)

PRESETS = {
    "small": {"batch_size": 7, "in_features": 76, "out_features": 60, "num_groups": 5},
    "odd": {"batch_size": 3, "in_features": 69, "out_features": 49, "num_groups": 7},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, num_groups, multiply_weight_shape):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.group_norm = nn.GroupNorm(num_groups, out_features)
        self.multiply_weight = nn.Parameter(torch.randn(multiply_weight_shape))

    def forward(self, x):
        x = self.group_norm(self.gemm(x))
        x = x * torch.sigmoid(x) * self.multiply_weight
        return x * torch.sigmoid(x)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, num_groups, multiply_weight_shape]
