"""A linear layer, log-sum-exp of each row, then leaky ReLU twice and exact GELU twice on one number a row:
out[b] = gelu(gelu(lr(lr(log(sum over o of exp(linear(x)[b, o])))))), lr with slope 0.01 below 0.

x: float32 [batch_size, in_features], normal with a random standard deviation in [0, 4) a row. linear: Linear with bias.
out: float32 [batch_size, 1].
Only running sums of exponentials leave the product's tiles. 137 billion operations for 1024 numbers.

Strict variant of fuse/gemm_log_sum_exp_leaky_relu_leaky_relu_gelu_gelu. Published logarithms are all near 9, where none
of the four activations changes anything; here the linear layer's bias starts at -log(out_features) - 1 and rows have
random widths, so that logarithms lie between -1 and 2.
"""

import math

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192

PRESETS = {
    "small": {"batch_size": 12, "in_features": 68, "out_features": 76},
    "odd": {"batch_size": 7, "in_features": 65, "out_features": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features, bias=bias)
        nn.init.constant_(self.linear.bias, -math.log(out_features) - 1)

    def forward(self, x):
        x = torch.logsumexp(self.linear(x), dim=1, keepdim=True)
        for _ in range(2):
            x = nn.functional.leaky_relu(x, negative_slope=0.01)
        for _ in range(2):
            x = nn.functional.gelu(x)
        return x


def get_inputs():
    return [4 * torch.rand(batch_size, 1) * torch.randn(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
