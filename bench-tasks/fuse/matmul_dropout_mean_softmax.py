"""A linear layer, dropout, softmax of each row: out = softmax over o of dropout(matmul(x)). (The mean of the name is
not there.)

x: float32 [batch_size, in_features], uniform in [0, 1). matmul: Linear with bias. dropout, active: each value becomes 0
with probability 0.2, else is divided by 0.8; the draw comes from PyTorch's generator, which a kernel cannot repeat.
out: float32 [batch_size, out_features].
1 GiB of weight is read at full size for 128 rows. KernelBench L2/66.
"""

import torch
import torch.nn as nn

batch_size = 128
in_features = 16384
out_features = 16384
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
        self.dropout = nn.Dropout(dropout_p)

    def forward(self, x):
        return torch.softmax(self.dropout(self.matmul(x)), dim=1)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, dropout_p]
