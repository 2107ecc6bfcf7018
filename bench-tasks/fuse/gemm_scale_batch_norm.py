"""A linear layer, a factor a feature, batch normalisation: out = bn(gemm(x) * scale).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. scale: float32 [out_features], standard
normal, of which the norm leaves the sign. bn: mean and biased variance a feature over the batch, eps 1e-5, weight (1)
and bias (0). out: float32 [batch_size, out_features]. Forward also moves bn.running_mean, .running_var and
.num_batches_tracked.
550 billion operations at full size; the statistics of a column cross all 16384 rows. KernelBench L2/39.
"""

import torch
import torch.nn as nn

batch_size = 16384
in_features = 4096
out_features = 4096
scale_shape = (out_features,)

PRESETS = {
    "small": {"batch_size": 36, "in_features": 44, "out_features": 68},
    "odd": {"batch_size": 35, "in_features": 33, "out_features": 31},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, scale_shape, eps=1e-5, momentum=0.1):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.scale = nn.Parameter(torch.randn(scale_shape))
        self.bn = nn.BatchNorm1d(out_features, eps=eps, momentum=momentum)

    def forward(self, x):
        return self.bn(self.gemm(x) * self.scale)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scale_shape]
