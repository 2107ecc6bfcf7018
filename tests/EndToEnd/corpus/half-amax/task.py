import torch
import torch.nn as nn

rows = 4096
cols = 1024

PRESETS = {"small": {"rows": 3, "cols": 70}, "odd": {"rows": 1, "cols": 33}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return x.amax(dim=-1)


def get_inputs():
    return [torch.rand(rows, cols).half()]


def get_init_inputs():
    return []
