import torch
import torch.nn as nn

batch = 8
size = 512

PRESETS = {"small": {"batch": 3, "size": 45}, "odd": {"batch": 1, "size": 1}, "full": {}}


class Model(nn.Module):
    def forward(self, scores, mask):
        return scores.masked_fill(mask, float("-inf"))


def get_inputs():
    return [torch.randn(batch, size, size), torch.rand(size, size) > 0.6]


def get_init_inputs():
    return []
