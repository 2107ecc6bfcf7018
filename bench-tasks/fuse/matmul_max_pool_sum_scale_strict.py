"""A linear layer, maxima of neighbouring pairs of features, the sum of each row, a factor:
out[b] = 0.5 * sum over p of max(matmul(x)[b, 2 * p], matmul(x)[b, 2 * p + 1]).

x: float32 [batch_size, in_features], normal with a standard deviation of 32. matmul: Linear with bias. out: float32
[batch_size].
4 GiB of weight are read at full size for 128 rows, 275 billion operations; only sums leave the tiles.

Strict variant of fuse/matmul_max_pool_sum_scale. Published sums are few and fit half precision, whose rounding may stay
within the tolerance; inputs are normal and so wide here that sums pass its range.
"""

import torch
import torch.nn as nn

batch_size = 128
in_features = 32768
out_features = 32768
kernel_size = 2
scale_factor = 0.5

PRESETS = {
    "small": {"batch_size": 12, "in_features": 76, "out_features": 132},
    "odd": {"batch_size": 5, "in_features": 67, "out_features": 65},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, kernel_size, scale_factor):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.max_pool = nn.MaxPool1d(kernel_size)
        self.scale_factor = scale_factor

    def forward(self, x):
        x = self.max_pool(self.matmul(x).unsqueeze(1)).squeeze(1)
        return torch.sum(x, dim=1) * self.scale_factor


def get_inputs():
    return [32 * torch.randn(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, kernel_size, scale_factor]
