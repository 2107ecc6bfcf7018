import torch
import torch.nn as nn

rows = 128
cols = 8192

PRESETS = {"small": {"rows": 3, "cols": 5001}, "odd": {"rows": 1, "cols": 17}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


def get_inputs():
    return [torch.rand(rows, cols).half()]


def get_init_inputs():
    return []
