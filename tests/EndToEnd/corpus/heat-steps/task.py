import torch
import torch.nn as nn

steps = 20
cells = 4096

PRESETS = {"small": {"steps": 5, "cells": 300}, "odd": {"steps": 2, "cells": 33}, "full": {}}


class Model(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def forward(self, x):
        for _ in range(self.steps):
            left = torch.cat([x[:1], x[:-1]])
            right = torch.cat([x[1:], x[-1:]])
            x = x + 0.25 * (left - 2.0 * x + right)
        return x


def get_inputs():
    return [torch.randn(cells)]


def get_init_inputs():
    return [steps]
