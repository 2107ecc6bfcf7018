import torch
import torch.nn as nn

batch = 16
groups = 8
channels = 64
size = 32

PRESETS = {"small": {"batch": 3, "groups": 3, "channels": 12, "size": 7}, "odd": {"batch": 1, "groups": 1, "channels": 5, "size": 1}, "full": {}}


class Model(nn.Module):
    def __init__(self, groups, channels):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels)
        with torch.no_grad():
            self.norm.weight.uniform_(0.5, 1.5)
            self.norm.bias.uniform_(-1.0, 1.0)

    def forward(self, x):
        return self.norm(x)


def get_inputs():
    return [torch.randn(batch, channels, size, size) + 2.0]


def get_init_inputs():
    return [groups, channels]
