"""A linear layer, dropout by a given mask, softmax of each row: out = softmax over o of matmul(x) * mask / 0.8. (The
mean of the name is not there.)

x: float32 [batch_size, in_features], normal with a standard deviation of 3. matmul: Linear with bias. mask: bool
[batch_size, out_features], false with probability 0.2. out: float32 [batch_size, out_features].
0.5 GiB of weight is read at full size for 128 rows.

Strict variant of fuse/matmul_dropout_mean_softmax. Published dropout draws a new mask in each run, and results are all
near 1 / 16384, so that zeros pass; here the mask is an input, inputs are normal and wider, and there are 8192 output
features.
"""

import torch
import torch.nn as nn

batch_size = 128
in_features = 16384
out_features = 8192
dropout_p = 0.2

PRESETS = {
    "small": {"batch_size": 5, "in_features": 76, "out_features": 108},
    "odd": {"batch_size": 3, "in_features": 67, "out_features": 61},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, dropout_p):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.dropout_p = dropout_p

    def forward(self, x, mask):
        return torch.softmax(self.matmul(x) * mask / (1 - self.dropout_p), dim=1)


def get_inputs():
    return [3 * torch.randn(batch_size, in_features), torch.rand(batch_size, out_features) >= dropout_p]


def get_init_inputs():
    return [in_features, out_features, dropout_p]
