"""Kullback-Leibler divergence of predicted distributions from target ones, summed over columns, averaged over rows:
out = sum over b, c of targets * (log(targets) - log(predictions)) / batch_size.

predictions: float32 [batch_size, classes], each row the softmax of uniform values in [0, 1) times one random number for
the whole tensor. targets: float32 [batch_size, classes], each row the softmax of uniform values in [0, 1). out:
float32, 0-dim, the small difference of large sums. A target of 0 counts 0.
2 GiB are read at full size. KernelBench L1/98.
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
    predictions = (torch.rand(batch_size, classes) * scale).softmax(dim=-1)
    return [predictions, torch.rand(batch_size, classes).softmax(dim=-1)]


def get_init_inputs():
    return []
