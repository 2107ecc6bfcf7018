"""A linear layer, a factor, limits, exact GELU: out = gelu(clamp(0.5 * gemm(x), -2, 2)).

x: float32 [batch_size, in_features], normal with a standard deviation of 8. gemm: Linear with bias. out: float32
[batch_size, out_features].
275 billion operations at full size.

Strict variant of fuse/gemm_scaling_hard_tanh_gelu. Published products stay within the limits, which never act; inputs
are normal and wider here.
"""

import torch
import torch.nn as nn

batch_size = 2048
in_features = 8192
out_features = 8192
scaling_factor = 0.5
hardtanh_min = -2
hardtanh_max = 2

PRESETS = {
    "small": {"batch_size": 12, "in_features": 84, "out_features": 76},
    "odd": {"batch_size": 5, "in_features": 83, "out_features": 39},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, scaling_factor, hardtanh_min, hardtanh_max):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.scaling_factor = scaling_factor
        self.hardtanh = nn.Hardtanh(hardtanh_min, hardtanh_max)
        self.gelu = nn.GELU()

    def forward(self, x):
        return self.gelu(self.hardtanh(self.gemm(x) * self.scaling_factor))


def get_inputs():
    return [8 * torch.randn(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scaling_factor, hardtanh_min, hardtanh_max]
