"""Softmax of each row: out[b, i] = exp(x[b, i]) / sum over j of exp(x[b, j]).

x: float32 [batch, dim], normal with a standard deviation of 2.5. out: float32 [batch, dim]. Rows are shifted by their
maximum first, so that exp cannot overflow.
At full size a row of 16 KiB fits a block's shared memory or its registers: one pass over memory, 12 GiB in all.

Strict variant of activation/softmax. In the published task all of a row's 393216 results are below the tolerance of
1e-4, whatever the inputs, so that zeros pass; here rows have 4096 elements and there are as many more of them, and
inputs are normal and wide enough for results from 1e-7 to 0.1 and more.
"""

import torch
import torch.nn as nn

batch = 393216
dim = 4096

PRESETS = {"small": {"batch": 3, "dim": 1164}, "odd": {"batch": 5, "dim": 259}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        return torch.softmax(x, dim=1)


def get_inputs():
    return [2.5 * torch.randn(batch, dim)]


def get_init_inputs():
    return []
