import torch
import torch.nn as nn

count = 200000
bins = 64

PRESETS = {"small": {"count": 2500, "bins": 37}, "odd": {"count": 1, "bins": 3}, "full": {}}


class Model(nn.Module):
    def __init__(self, bins):
        super().__init__()
        self.bins = bins

    def forward(self, values):
        counts = torch.zeros(self.bins, dtype=torch.int32)
        return counts.scatter_add(0, values.long(), torch.ones_like(values))


def get_inputs():
    return [torch.randint(0, bins, (count,), dtype=torch.int32)]


def get_init_inputs():
    return [bins]
