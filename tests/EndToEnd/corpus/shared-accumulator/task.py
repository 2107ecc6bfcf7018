import torch
import torch.nn as nn

rows = 2048
cols = 4096

PRESETS = {"small": {"rows": 3, "cols": 300}, "odd": {"rows": 1, "cols": 257}, "full": {}}


class Model(nn.Module):
    def __init__(self, eps=1e-6):
        super().__init__()
        self.eps = eps

    def forward(self, x):
        y = x.clone()
        y.mul_(2.0).add_(1.0).clamp_(min=0)
        y /= y.norm(dim=1, keepdim=True) + self.eps
        return y


def get_inputs():
    return [torch.randn(rows, cols)]


def get_init_inputs():
    return []
