"""Batch normalisation of images, in training: each channel is normalised over the whole batch,
out = (x - mean[c]) / sqrt(variance[c] + 1e-5) * bn.weight[c] + bn.bias[c], with the biased variance.

x: float32 [batch_size, features, dim1, dim2], uniform in [0, 1). bn.weight (1) and bn.bias (0): float32 [features].
out: float32, x's shape. Forward also moves bn.running_mean and bn.running_var a tenth of the way to this batch's mean
and unbiased variance, and counts bn.num_batches_tracked; out does not depend on them.
A channel's 16 million elements lie in 64 pieces; 4 GiB are read twice and written once at full size. KernelBench L1/33.
"""

import torch
import torch.nn as nn

batch_size = 64
features = 64
dim1 = 512
dim2 = 512

PRESETS = {
    "small": {"batch_size": 3, "features": 6, "dim1": 11, "dim2": 20},
    "odd": {"batch_size": 2, "features": 5, "dim1": 9, "dim2": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.bn = nn.BatchNorm2d(num_features)

    def forward(self, x):
        return self.bn(x)


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return [features]
