"""Kullback-Leibler divergence of predicted distributions from target ones, summed over columns, averaged over rows:
out = sum over b, c of targets * (log(targets) - log(predictions)) / batch_size.

predictions: float32 [batch_size, classes], each row the softmax of normal values of width 3 times one random number in
[0, 1) for the whole tensor. targets: float32 [batch_size, classes], each row the softmax of normal values of width 3.
out: float32, 0-dim. A target of 0 counts 0.
2 GiB are read at full size.

Strict variant of loss/kl_div_loss. The published rows are nearly uniform and their divergence nearly 0, within the
tolerance of half-precision arithmetic; here logits are normal and three times as wide, and the divergence is between 4
and 9.
"""

import torch
import torch.nn as nn

batch_size = 16384
classes = 16384

PRESETS = {
    "small": {"batch_size": 5, "classes": 532},
    "odd": {"batch_size": 3, "classes": 261},
    "full": {},
}


class Model(nn.Module):
    def forward(self, predictions, targets):
        return nn.functional.kl_div(torch.log(predictions), targets, reduction="batchmean")


def get_inputs():
    scale = torch.rand(())
    predictions = (3 * torch.randn(batch_size, classes) * scale).softmax(dim=-1)
    return [predictions, (3 * torch.randn(batch_size, classes)).softmax(dim=-1)]


def get_init_inputs():
    return []
