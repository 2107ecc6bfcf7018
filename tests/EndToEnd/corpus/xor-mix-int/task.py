import torch
import torch.nn as nn

count = 1 << 20

PRESETS = {"small": {"count": 777}, "odd": {"count": 1}, "full": {}}


class Model(nn.Module):
    def forward(self, x, y):
        return ((x ^ y) & 0xFFFFFFF) + (x >> 3)


def get_inputs():
    return [torch.randint(-(1 << 30), 1 << 30, (count,), dtype=torch.int32), torch.randint(0, 1 << 30, (count,), dtype=torch.int32)]


def get_init_inputs():
    return []
