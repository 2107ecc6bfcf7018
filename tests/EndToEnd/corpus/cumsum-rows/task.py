import torch
import torch.nn as nn

rows = 128
cols = 4096

PRESETS = {"small": {"rows": 5, "cols": 333}, "odd": {"rows": 1, "cols": 65}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.cumsum(x, dim=1)


def get_inputs():
    return [torch.rand(rows, cols)]


def get_init_inputs():
    return []
