"""Huber loss with beta = 1 (smooth L1), averaged over all elements: with d = predictions - targets, the mean of
d^2 / 2 where |d| < 1, else |d| - 1/2.

predictions: float32 [batch_size, features], uniform in [0, 8) times one random number in [0, 1) for the whole tensor.
targets: float32 [batch_size, features], uniform in [0, 8). out: float32, 0-dim. Both branches are taken.
8 GiB are read at full size; the sum of a billion terms needs a tree, not one accumulator.

Strict variant of loss/huber_loss. In the published task |d| < 1 always, so that the linear branch is never taken, and
the loss is so small that half-precision arithmetic is within the tolerance; predictions and targets are eight times as
wide here.
"""

import torch
import torch.nn as nn

batch_size = 32768
features = 32768

PRESETS = {
    "small": {"batch_size": 7, "features": 780},
    "odd": {"batch_size": 3, "features": 1029},
    "full": {},
}


class Model(nn.Module):
    def forward(self, predictions, targets):
        return nn.functional.smooth_l1_loss(predictions, targets)


def get_inputs():
    scale = torch.rand(())
    return [8 * torch.rand(batch_size, features) * scale, 8 * torch.rand(batch_size, features)]


def get_init_inputs():
    return []
