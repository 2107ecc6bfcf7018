import torch
import torch.nn as nn

rows = 256
dim = 1024

PRESETS = {"small": {"rows": 9, "dim": 130}, "odd": {"rows": 1, "dim": 33}, "full": {}}


class Model(nn.Module):
    def __init__(self, dim, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(dim).bfloat16() + 0.5)
        self.eps = eps

    def forward(self, x):
        y = x.float() if x.dtype == torch.bfloat16 else x
        y = y * torch.rsqrt(y.pow(2).mean(dim=-1, keepdim=True) + self.eps)
        return y.to(x.dtype) * self.weight


def get_inputs():
    return [torch.randn(rows, dim).bfloat16()]


def get_init_inputs():
    return [dim, 1e-6]
