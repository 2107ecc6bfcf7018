import torch
import torch.nn as nn

rows = 256
cols = 1024

PRESETS = {"small": {"rows": 7, "cols": 131}, "odd": {"rows": 1, "cols": 1}, "full": {}}


class Model(nn.Module):
    def __init__(self, slope):
        super().__init__()
        self.slope = slope

    def forward(self, x):
        return nn.functional.leaky_relu(x, self.slope)


def get_inputs():
    return [torch.randn(rows, cols)]


def get_init_inputs():
    return [0.1]
