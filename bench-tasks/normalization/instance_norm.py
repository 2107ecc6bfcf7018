"""Instance normalisation: each channel of each sample by itself, out = (x - mean) / sqrt(variance + 1e-5), with the
biased variance and no learned weight or bias.

x: float32 [batch_size, features, dim1, dim2], uniform in [0, 1). out: float32, x's shape.
8192 planes of 1 MiB at full size: more than a block's shared memory, few enough for the cache to serve the second read.
KernelBench L1/34 (batch 112 there).
"""

import torch
import torch.nn as nn

batch_size = 128
features = 64
dim1 = 512
dim2 = 512

PRESETS = {
    "small": {"batch_size": 3, "features": 5, "dim1": 18, "dim2": 28},
    "odd": {"batch_size": 1, "features": 3, "dim1": 17, "dim2": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.inorm = nn.InstanceNorm2d(num_features)

    def forward(self, x):
        return self.inorm(x)


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return [features]
