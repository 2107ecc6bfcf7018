import torch
import torch.nn as nn

batch = 256
dim = 512

PRESETS = {"small": {"batch": 7, "dim": 75}, "odd": {"batch": 1, "dim": 9}, "full": {}}


class Model(nn.Module):
    def forward(self, y, dy):
        return y * (dy - (y * dy).sum(dim=-1, keepdim=True))


def get_inputs():
    return [torch.softmax(torch.randn(batch, dim), dim=-1), torch.randn(batch, dim)]


def get_init_inputs():
    return []
