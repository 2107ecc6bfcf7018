"""Group normalisation: the channels of a sample fall into groups, each normalised over its channels and pixels,
out = (x - mean) / sqrt(variance + 1e-5) * gn.weight[c] + gn.bias[c], with the biased variance.

x: float32 [batch_size, features, dim1, dim2], uniform in [0, 1). gn.weight (1) and gn.bias (0): float32 [features].
out: float32, x's shape.
A group is contiguous, 2 million elements at full size and 1024 groups: 8 GiB are read twice and written once.
KernelBench L1/35 (batch 112 there).
"""

import torch
import torch.nn as nn

batch_size = 128
features = 64
num_groups = 8
dim1 = 512
dim2 = 512

PRESETS = {
    "small": {"batch_size": 3, "features": 12, "num_groups": 4, "dim1": 9, "dim2": 20},
    "odd": {"batch_size": 1, "features": 15, "num_groups": 3, "dim1": 7, "dim2": 11},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, num_features, num_groups):
        super().__init__()
        self.gn = nn.GroupNorm(num_groups, num_features)

    def forward(self, x):
        return self.gn(x)


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return [features, num_groups]
