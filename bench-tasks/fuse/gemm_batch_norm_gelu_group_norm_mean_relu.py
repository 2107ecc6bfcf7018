"""A linear layer, batch normalisation, exact GELU, ReLU: out = max(0, gelu(batch_norm(gemm(x)))). (The group norm and
the mean of the name are not there.)

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias (which the norm takes away again).
batch_norm: mean and biased variance a feature over the batch, eps 1e-5, weight (1) and bias (0). out: float32
[batch_size, out_features]. Forward also moves batch_norm.running_mean, .running_var and .num_batches_tracked.
550 billion operations at full size; the statistics run down 16384 rows, across all of a column's tiles.
KernelBench L2/41.
"""

import torch
import torch.nn as nn

batch_size = 16384
in_features = 4096
out_features = 4096

PRESETS = {
    "small": {"batch_size": 68, "in_features": 36, "out_features": 76},
    "odd": {"batch_size": 33, "in_features": 35, "out_features": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.batch_norm = nn.BatchNorm1d(out_features)

    def forward(self, x):
        x = nn.functional.gelu(self.batch_norm(self.gemm(x)))
        return torch.relu(x)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
