"""A linear layer, batch normalisation, a learned addend, a division, swish:
v = (bn(matmul(x)) + bias) / 2, out = v * sigmoid(v).

x: float32 [batch_size, in_features], uniform in [0, 1). matmul: Linear with bias (which the norm takes away again). bn:
mean and biased variance a feature over the batch, eps 1e-5, weight (1) and bias (0). bias: float32 [1], standard
normal. out: float32 [batch_size, out_features]. Forward also moves bn.running_mean, .running_var and
.num_batches_tracked. 137 billion operations at full size, statistics down 1024 rows, then a pass over 32 MiB.

Strict variant of fuse/matmul_batch_norm_bias_add_divide_swish. The published divisor is 1 and changes nothing; here it
is 2.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
bn_eps = 1e-5
bn_momentum = 0.1
bias_shape = (1,)
divide_value = 2.0

PRESETS = {
    "small": {"batch_size": 20, "in_features": 60, "out_features": 76},
    "odd": {"batch_size": 11, "in_features": 37, "out_features": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, bn_eps, bn_momentum, bias_shape, divide_value):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.bn = nn.BatchNorm1d(out_features, eps=bn_eps, momentum=bn_momentum)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.divide_value = divide_value

    def forward(self, x):
        x = (self.bn(self.matmul(x)) + self.bias) / self.divide_value
        return x * torch.sigmoid(x)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, bn_eps, bn_momentum, bias_shape, divide_value]
