import torch
import torch.nn as nn

size = 1 << 20
lr = 0.05

PRESETS = {"small": {"size": 1027}, "odd": {"size": 1}, "full": {}}


class Model(nn.Module):
    def __init__(self, lr, momentum):
        super().__init__()
        self.lr = lr
        self.momentum = momentum

    def forward(self, weight, gradient, velocity):
        velocity = self.momentum * velocity + gradient
        return weight - self.lr * velocity, velocity


def get_inputs():
    return [torch.randn(size), torch.randn(size), torch.randn(size)]


def get_init_inputs():
    return [lr, 0.9]
