"""Root-mean-square normalisation over channels: out = x / sqrt(mean over c of x[b, c, h, w]^2 + eps), eps = 1e-5.

x: float32 [batch_size, features, dim1, dim2], uniform in [0, 1). out: float32, x's shape. No learned weight.
The mean runs over dimension 1: neighbouring threads take neighbouring pixels and walk down 64 planes of 1 MiB, whose
values a thread can keep in registers. 8 GiB in, 8 GiB out at full size. KernelBench L1/36 (batch 112 there).
"""

import torch
import torch.nn as nn

batch_size = 128
features = 64
dim1 = 512
dim2 = 512

PRESETS = {
    "small": {"batch_size": 3, "features": 10, "dim1": 9, "dim2": 12},
    "odd": {"batch_size": 1, "features": 13, "dim1": 11, "dim2": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.num_features = num_features
        self.eps = eps

    def forward(self, x):
        return x / torch.sqrt(torch.mean(x**2, dim=1, keepdim=True) + self.eps)


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return [features]
