"""A linear layer, an upper limit, the limit subtracted: out = min(linear(x), constant) - constant.

x: float32 [batch_size, in_features], normal with a standard deviation of 8. linear: Linear with bias. constant:
float32, 0-dim, a parameter, 2.0, to be read at run time. out: float32 [batch_size, out_features], at most 0.
1 GiB of weight is read at full size for 128 rows: 64 operations a byte, arithmetic and memory near balance.

Strict variant of fuse/matmul_min_subtract. Published products stay below 2, so that the limit never acts; inputs are
normal and wider here.
"""

import torch
import torch.nn as nn

batch_size = 128
in_features = 16384
out_features = 16384
constant = 2.0

PRESETS = {
    "small": {"batch_size": 7, "in_features": 92, "out_features": 76},
    "odd": {"batch_size": 5, "in_features": 71, "out_features": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, constant):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.constant = nn.Parameter(torch.tensor(constant))

    def forward(self, x):
        return torch.min(self.linear(x), self.constant) - self.constant


def get_inputs():
    return [8 * torch.randn(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, constant]
