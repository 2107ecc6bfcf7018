"""A linear layer, group normalisation, limits: out = clamp(group_norm(gemm(x)), -2, 2).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. group_norm: num_groups groups of
features in each row, biased variance, eps 1e-5, weight (1) and bias (0) a feature. out: float32 [batch_size,
out_features]. A group is 512 features at full size, several tiles wide: blocks exchange sums, or a second pass reads 32
MiB. KernelBench L2/30.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
num_groups = 16
hardtanh_min = -2.0
hardtanh_max = 2.0

PRESETS = {
    "small": {"batch_size": 5, "in_features": 68, "out_features": 76, "num_groups": 4},
    "odd": {"batch_size": 3, "in_features": 67, "out_features": 51, "num_groups": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, num_groups, hardtanh_min, hardtanh_max):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.group_norm = nn.GroupNorm(num_groups, out_features)
        self.hardtanh = nn.Hardtanh(hardtanh_min, hardtanh_max)

    def forward(self, x):
        return self.hardtanh(self.group_norm(self.gemm(x)))


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, num_groups, hardtanh_min, hardtanh_max]
