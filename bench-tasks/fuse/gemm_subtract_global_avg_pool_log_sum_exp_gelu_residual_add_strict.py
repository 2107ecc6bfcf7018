"""A linear layer, a subtraction a feature, the mean of each row, exact GELU, added to the input: out[b, i] = x[b, i] +
gelu(mean over o of (gemm(x)[b, o] - subtract[o])).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. subtract: float32 [out_features],
standard normal. out: float32 [batch_size, in_features].
The mean needs sums of the weight's columns only: a matrix-vector product, 384 MiB of traffic at full size, where
PyTorch computes 275 billion operations. The addend is small beside x.

Strict variant of fuse/gemm_subtract_global_avg_pool_log_sum_exp_gelu_residual_add. The published log-sum-exp is over
one element and changes nothing; here it is left out.
"""

import torch
import torch.nn as nn

batch_size = 2048
in_features = 8192
out_features = 8192

PRESETS = {
    "small": {"batch_size": 12, "in_features": 68, "out_features": 76},
    "odd": {"batch_size": 5, "in_features": 67, "out_features": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features, bias=bias)
        self.subtract = nn.Parameter(torch.randn(out_features))

    def forward(self, x):
        original = x.clone().detach()
        x = torch.mean(self.gemm(x) - self.subtract, dim=1, keepdim=True)
        return nn.functional.gelu(x) + original


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
