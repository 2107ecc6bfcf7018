"""A linear layer, batch normalisation, a learned factor, softmax of each row:
out = softmax over o of scale * bn(gemm(x)).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias (which the norm takes away again). bn:
mean and biased variance a feature over the batch, eps 1e-5, weight (1) and bias (0). scale: float32 [1], 2.5. out:
float32 [batch_size, out_features]. Forward also moves bn.running_mean, .running_var and .num_batches_tracked.
Statistics down columns, then sums along rows: two global steps after 137 billion operations at full size.

Strict variant of fuse/gemm_batch_norm_scaling_softmax. Published results are so small that half-precision arithmetic is
within the tolerance; the learned factor starts at 2.5 here, not at one.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
bn_eps = 1e-5
bn_momentum = 0.1
scale_shape = (1,)

PRESETS = {
    "small": {"batch_size": 36, "in_features": 44, "out_features": 76},
    "odd": {"batch_size": 13, "in_features": 33, "out_features": 39},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, bn_eps, bn_momentum, scale_shape):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.bn = nn.BatchNorm1d(out_features, eps=bn_eps, momentum=bn_momentum)
        self.scale = nn.Parameter(torch.full(scale_shape, 2.5))
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        x = self.bn(self.gemm(x))
        return self.softmax(self.scale * x)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, bn_eps, bn_momentum, scale_shape]
