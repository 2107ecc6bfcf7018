"""A linear layer, means of 16 neighbouring features, exact GELU, a factor, the largest of each row:
out[b] = max over p of 2 * gelu(mean of matmul(x)[b, 16 * p … 16 * p + 15]).

x: float32 [batch_size, in_features], uniform in [0, 1). matmul: Linear with bias. out: float32 [batch_size].
Means of features are a product with means of weight rows: a sixteenth of the 137 billion operations at full size, after
one pass over the weight. KernelBench L2/98.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
pool_kernel_size = 16
scale_factor = 2.0

PRESETS = {
    "small": {"batch_size": 12, "in_features": 68, "out_features": 140},
    "odd": {"batch_size": 5, "in_features": 67, "out_features": 101, "pool_kernel_size": 7},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, pool_kernel_size, scale_factor):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.avg_pool = nn.AvgPool1d(pool_kernel_size)
        self.scale_factor = scale_factor

    def forward(self, x):
        x = self.avg_pool(self.matmul(x).unsqueeze(1)).squeeze(1)
        x = nn.functional.gelu(x) * self.scale_factor
        return torch.max(x, dim=1).values


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, pool_kernel_size, scale_factor]
