import torch
import torch.nn as nn

rows = 512
cols = 2048

PRESETS = {"small": {"rows": 6, "cols": 333}, "odd": {"rows": 1, "cols": 1}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x.sum(dim=1)


def get_inputs():
    return [torch.randn(rows, cols)]


def get_init_inputs():
    return []
