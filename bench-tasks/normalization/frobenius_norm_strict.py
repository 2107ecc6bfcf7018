"""A tensor divided by its Frobenius norm, which is first divided by sqrt(number of elements):
out = x / (sqrt(sum of x^2 over all elements) / sqrt(number of elements)).

x: float32 [batch_size, features, dim1, dim2], uniform in [0, 1). out: float32, x's shape.
One sum over two billion elements at full size (about 7e8, from squares below 1: a single float32 accumulator would
stall), then a pass that needs it: 16 GiB read, 8 GiB written.

Strict variant of normalization/frobenius_norm. Published results are below 4e-5, so that zeros pass; here the tensor is
divided by its norm over sqrt(number of elements), the root of its mean square.
"""

import math

import torch
import torch.nn as nn

batch_size = 128
features = 64
dim1 = 512
dim2 = 512

PRESETS = {
    "small": {"batch_size": 3, "features": 5, "dim1": 14, "dim2": 36},
    "odd": {"batch_size": 1, "features": 7, "dim1": 13, "dim2": 35},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x):
        return x / (torch.norm(x, p="fro") / math.sqrt(x.numel()))


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return []
