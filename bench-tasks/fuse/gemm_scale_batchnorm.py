"""A linear layer, a positive factor a feature, batch normalisation, on a small batch: out = bn(gemm(x) * scale).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. scale: float32 [out_features], uniform
in [0, 1), which the norm takes away again but for eps. bn: mean and biased variance a feature over the batch, eps 1e-5,
weight (1) and bias (0). out: float32 [batch_size, out_features]. Forward also moves bn.running_mean, .running_var and
.num_batches_tracked.
All 128 rows at full size fit the tiles of one block, which then knows its columns' statistics: one kernel, no second
pass. KernelBench L2/33 (larger, with a normal scale there).
"""

import torch
import torch.nn as nn

batch_size = 128
in_features = 1024
out_features = 512
scale_shape = (out_features,)

PRESETS = {
    "small": {"batch_size": 20, "in_features": 76, "out_features": 44},
    "odd": {"batch_size": 13, "in_features": 67, "out_features": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, scale_shape, eps=1e-5, momentum=0.1):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.scale = nn.Parameter(torch.rand(scale_shape))
        self.bn = nn.BatchNorm1d(out_features, eps=eps, momentum=momentum)

    def forward(self, x):
        return self.bn(self.gemm(x) * self.scale)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scale_shape]
