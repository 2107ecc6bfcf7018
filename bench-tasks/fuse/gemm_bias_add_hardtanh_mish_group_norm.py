"""A linear layer, a second bias, limits, Mish, group normalisation:
out = groupnorm(mish(clamp(gemm(x) + bias, -1, 1))), mish(v) = v * tanh(log(1 + exp(v))).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. bias: float32 of bias_shape, standard
normal. groupnorm: num_groups groups of features in each row, biased variance, eps 1e-5, weight (1) and bias (0) a
feature. out: float32 [batch_size, out_features].
A group is 32 features at full size, one warp's width: all of it fits the epilogue. 137 billion operations.
KernelBench L2/94.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
bias_shape = (out_features,)
num_groups = 256

PRESETS = {
    "small": {"batch_size": 5, "in_features": 76, "out_features": 84, "num_groups": 7},
    "odd": {"batch_size": 3, "in_features": 67, "out_features": 45, "num_groups": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, bias_shape, num_groups):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.hardtanh = nn.Hardtanh()
        self.mish = nn.Mish()
        self.groupnorm = nn.GroupNorm(num_groups, out_features)

    def forward(self, x):
        x = self.hardtanh(self.gemm(x) + self.bias)
        return self.groupnorm(self.mish(x))


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, bias_shape, num_groups]
