"""Hinge loss, averaged over all pairs of a row and a column: out = mean over b, c of
max(0, 1 - predictions[b, c] * targets[c]).

predictions: float32 [n, n], normal with one random standard deviation in [3, 9) for the whole tensor. targets: float32
[n], -1 or 1 with equal probability; it is laid along the last dimension, so that a target belongs to a column, which
only works because predictions is square. out: float32, 0-dim.
4 GiB are read at full size and one number is written.

Strict variant of loss/hinge_loss. Published products stay below 1, so that the maximum never acts; here predictions are
normal, with one random width for the whole tensor, and the maximum acts on more than a third of them.
"""

import torch
import torch.nn as nn

n = 32768

PRESETS = {"small": {"n": 76}, "odd": {"n": 65}, "full": {}}


class Model(nn.Module):
    def forward(self, predictions, targets):
        return torch.mean(torch.clamp(1 - predictions * targets, min=0))


def get_inputs():
    scale = 3 + 6 * torch.rand(())
    return [scale * torch.randn(n, n), torch.randint(0, 2, (n,)).float() * 2 - 1]


def get_init_inputs():
    return []
