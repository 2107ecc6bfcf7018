import torch
import torch.nn as nn

count = 100000

PRESETS = {"small": {"count": 1500}, "odd": {"count": 257}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.cumsum(x, dim=0) - x


def get_inputs():
    return [torch.randint(-9, 10, (count,))]


def get_init_inputs():
    return []
