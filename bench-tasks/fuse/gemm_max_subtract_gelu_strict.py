"""A linear layer, the largest feature of each row, minus the mean of the row, exact GELU: m[b] = max over o of
gemm(x)[b, o], out[b] = gelu(m[b] - mean over o of gemm(x)[b, o]).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm: Linear with bias. out: float32 [batch_size, 1].

Strict variant of fuse/gemm_max_subtract_gelu. The published mean is over one element, which is that element, so that
every result is gelu(0) = 0; here the mean of the row's features is subtracted.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
max_dim = 1

PRESETS = {
    "small": {"batch_size": 12, "in_features": 60, "out_features": 76},
    "odd": {"batch_size": 5, "in_features": 67, "out_features": 35},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, max_dim):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.max_dim = max_dim

    def forward(self, x):
        x = self.gemm(x)
        largest = torch.max(x, dim=self.max_dim, keepdim=True).values
        return nn.functional.gelu(largest - x.mean(dim=1, keepdim=True))


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, max_dim]
