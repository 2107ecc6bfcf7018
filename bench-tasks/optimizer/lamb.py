"""The update of LAMB, given its moments: r = m / (sqrt(v) + eps), out = param - lr * (|param| / (|r| + eps)) * r, with
Euclidean norms over the whole tensors.

param, m: float32 [rows, columns], uniform in [0, 1). v: float32 [rows, columns], uniform in [0.001, 1.001). out:
float32 [rows, columns], the new parameters. lr = 0.001, eps = 1e-6; no gradient, no weight decay.
The two norms need everything before the first output: a pass that reduces 24 MiB at full size, then one that reads them
again, from the second-level cache if it is kept there.
"""

import torch
import torch.nn as nn

rows = 512
columns = 4096

PRESETS = {"small": {"rows": 5, "columns": 276}, "odd": {"rows": 7, "columns": 93}, "full": {}}


class Model(nn.Module):
    def __init__(self, lr=1e-3, eps=1e-6):
        super().__init__()
        self.lr = lr
        self.eps = eps

    def forward(self, param, m, v):
        r = m / (torch.sqrt(v) + self.eps)
        trust = torch.norm(param) / (torch.norm(r) + self.eps)
        return param - self.lr * trust * r


def get_inputs():
    return [torch.rand(rows, columns), torch.rand(rows, columns), torch.rand(rows, columns).abs() + 1e-3]


def get_init_inputs():
    return []
