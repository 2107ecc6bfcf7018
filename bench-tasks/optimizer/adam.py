"""One step of Adam: m' = beta1 * m + (1 - beta1) * grad, v' = beta2 * v + (1 - beta2) * grad^2,
out = param - lr * (m' / (1 - beta1^step)) / (sqrt(v' / (1 - beta2^step)) + eps).

param, grad: float32 [rows, columns], uniform in [0, 1). m, v: float32 [rows, columns], zeros. out: float32
[rows, columns], the new parameters; the moments are not returned. beta1 = 0.9, beta2 = 0.999, lr = 0.001, eps = 1e-8,
step = 1.
From zeros the step is lr wherever grad > 0: 0.001 beside parameters of size 1, so that param itself nearly passes.
Four reads and a write an element, 20 MiB at full size, in one kernel instead of fourteen.
"""

import torch
import torch.nn as nn

rows = 512
columns = 2048

PRESETS = {"small": {"rows": 3, "columns": 308}, "odd": {"rows": 5, "columns": 103}, "full": {}}


class Model(nn.Module):
    def __init__(self, beta1=0.9, beta2=0.999, lr=1e-3, eps=1e-8, step=1):
        super().__init__()
        self.beta1 = beta1
        self.beta2 = beta2
        self.lr = lr
        self.eps = eps
        self.step = step

    def forward(self, param, grad, m, v):
        m = self.beta1 * m + (1 - self.beta1) * grad
        v = self.beta2 * v + (1 - self.beta2) * grad**2
        mean = m / (1 - self.beta1**self.step)
        square = v / (1 - self.beta2**self.step)
        return param - self.lr * mean / (torch.sqrt(square) + self.eps)


def get_inputs():
    return [
        torch.rand(rows, columns),
        torch.rand(rows, columns),
        torch.zeros(rows, columns),
        torch.zeros(rows, columns),
    ]


def get_init_inputs():
    return []
