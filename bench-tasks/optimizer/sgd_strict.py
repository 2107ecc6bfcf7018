"""One step of gradient descent with momentum: velocity' = momentum * velocity + grad, out = param - lr * velocity'.

param, grad: float32 [rows, columns], uniform in [0, 1). velocity: float32 [rows, columns], standard normal. out: float32
[rows, columns], the new parameters; velocity' is not returned. momentum = 0.9, lr = 0.01.
Two multiplications and two additions on 16 bytes an element: 64 MiB of traffic at full size.

Strict variant of optimizer/sgd. Published velocities are zeros, so that momentum may be left out.
"""

import torch
import torch.nn as nn

rows = 1024
columns = 4096

PRESETS = {"small": {"rows": 5, "columns": 300}, "odd": {"rows": 1, "columns": 543}, "full": {}}


class Model(nn.Module):
    def __init__(self, momentum=0.9, lr=1e-2):
        super().__init__()
        self.momentum = momentum
        self.lr = lr

    def forward(self, param, grad, velocity):
        velocity = self.momentum * velocity + grad
        return param - self.lr * velocity


def get_inputs():
    return [torch.rand(rows, columns), torch.rand(rows, columns), torch.randn(rows, columns)]


def get_init_inputs():
    return []
