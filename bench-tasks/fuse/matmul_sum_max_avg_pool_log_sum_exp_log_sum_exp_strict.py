"""A linear layer, the sum of each row: out[b] = sum over o of linear(x)[b, o].

x: float32 [batch_size, in_features], uniform in [0, 1). linear: Linear with bias. out: float32 [batch_size, 1].
The sum may be taken over the weight's rows first: a matrix-vector product, 288 MiB read at full size, where PyTorch
computes 137 billion operations.

Strict variant of fuse/matmul_sum_max_avg_pool_log_sum_exp_log_sum_exp. The four published reductions after the sum
(maximum, mean, log-sum-exp twice) are over one element and change nothing; here they are left out.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192

PRESETS = {
    "small": {"batch_size": 12, "in_features": 76, "out_features": 60},
    "odd": {"batch_size": 7, "in_features": 67, "out_features": 39},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return torch.sum(self.linear(x), dim=1, keepdim=True)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
