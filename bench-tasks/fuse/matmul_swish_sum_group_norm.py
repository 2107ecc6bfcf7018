"""A linear layer, swish, a second bias, group normalisation: v = matmul(x), out = group_norm(v * sigmoid(v) + bias).

x: float32 [batch_size, in_features], uniform in [0, 1). matmul: Linear with bias. bias: float32 [out_features],
standard normal. group_norm: num_groups groups of features in each row, biased variance, eps 1e-5, weight (1) and bias
(0) a feature. out: float32 [batch_size, out_features].
A group is 64 features at full size and fits the epilogue of 275 billion operations; 512 MiB are written.
KernelBench L2/37.
"""

import torch
import torch.nn as nn

batch_size = 32768
in_features = 1024
out_features = 4096
num_groups = 64
bias_shape = (out_features,)

PRESETS = {
    "small": {"batch_size": 12, "in_features": 44, "out_features": 84, "num_groups": 7},
    "odd": {"batch_size": 7, "in_features": 37, "out_features": 65, "num_groups": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, num_groups, bias_shape):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.group_norm = nn.GroupNorm(num_groups, out_features)

    def forward(self, x):
        x = self.matmul(x)
        return self.group_norm(torch.sigmoid(x) * x + self.bias)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, num_groups, bias_shape]
