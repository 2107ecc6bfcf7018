import torch
import torch.nn as nn

rows = 512
cols = 1024

PRESETS = {"small": {"rows": 13, "cols": 140}, "odd": {"rows": 1, "cols": 5}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x / x.norm(dim=1, keepdim=True)


def get_inputs():
    return [torch.randn(rows, cols)]


def get_init_inputs():
    return []
