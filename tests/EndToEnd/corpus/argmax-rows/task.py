import torch
import torch.nn as nn

rows = 256
cols = 4096

PRESETS = {"small": {"rows": 11, "cols": 200}, "odd": {"rows": 1, "cols": 3}, "full": {}}
OUTPUT_RULES = {"out": "index_of(x, 1)"}


class Model(nn.Module):
    def forward(self, x):
        return torch.argmax(x, dim=1)


def get_inputs():
    return [torch.randn(rows, cols) - 6.0]


def get_init_inputs():
    return []
