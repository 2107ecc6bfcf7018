"""A linear layer, maxima of neighbouring pairs of features, the sum of each row, a factor:
out[b] = 0.5 * sum over p of max(matmul(x)[b, 2 * p], matmul(x)[b, 2 * p + 1]).

x: float32 [batch_size, in_features], uniform in [0, 1). matmul: Linear with bias. out: float32 [batch_size].
4 GiB of weight are read at full size for 128 rows, 275 billion operations; only sums leave the tiles.
KernelBench L2/55.
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
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, kernel_size, scale_factor]
