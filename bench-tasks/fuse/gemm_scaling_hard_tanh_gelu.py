"""A linear layer, a factor, limits, exact GELU: out = gelu(clamp(0.5 * gemm(x), -2, 2)).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. out: float32 [batch_size,
out_features]. With PyTorch's initial weights products stay far within the limits, which hardly ever act.
275 billion operations at full size. KernelBench L2/53.
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
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scaling_factor, hardtanh_min, hardtanh_max]
