import torch
import torch.nn as nn

rows = 256
cols = 1024

PRESETS = {"small": {"rows": 5, "cols": 134}, "odd": {"rows": 3, "cols": 77}, "full": {}}


class Model(nn.Module):
    def __init__(self, cols):
        super().__init__()
        self.bias = nn.Parameter(torch.randn(cols).half())

    def forward(self, x):
        y = x + self.bias
        return y * torch.sigmoid(y)


def get_inputs():
    return [torch.randn(rows, cols).half()]


def get_init_inputs():
    return [cols]
