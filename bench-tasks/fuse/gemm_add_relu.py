"""A linear layer without bias, then a bias of its own, then ReLU: out = max(0, x @ gemm.weight^T + bias).

x: float32 [batch_size, in_features], uniform in [0, 1). gemm.weight: float32 [out_features, in_features]. bias: float32
of bias_shape, standard normal. out: float32 [batch_size, out_features].
The addition and the ReLU belong into the epilogue of the product. KernelBench L2/76.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192
bias_shape = (out_features,)

PRESETS = {
    "small": {"batch_size": 5, "in_features": 132, "out_features": 68},
    "odd": {"batch_size": 3, "in_features": 257, "out_features": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features, bias_shape):
        super().__init__()
        self.gemm = nn.Linear(in_features, out_features, bias=False)
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        return torch.relu(self.gemm(x) + self.bias)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, bias_shape]
