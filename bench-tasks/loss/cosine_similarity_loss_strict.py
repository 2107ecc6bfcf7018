"""One minus the cosine of the angle between rows, averaged: out = mean over b of
1 - (predictions[b] . targets[b]) / (|predictions[b]| * |targets[b]|).

predictions, targets: float32 [batch_size, features], normal, each pair of rows with a similarity of its own. out:
float32, 0-dim. PyTorch keeps the norms above 1e-8.
Three sums over each pair of rows in one pass, then one over the batch: 4 MiB are read at full size.

Strict variant of loss/cosine_similarity_loss. Published rows are all positive, every cosine is near 3/4, and the loss
is so small that half-precision arithmetic is within the tolerance; here each prediction is its target times a random
number in [-4, 2) plus normal noise, so that cosines of both signs are met.
"""

import torch
import torch.nn as nn

batch_size = 128
features = 4096

PRESETS = {
    "small": {"batch_size": 7, "features": 332},
    "odd": {"batch_size": 5, "features": 261},
    "full": {},
}


class Model(nn.Module):
    def forward(self, predictions, targets):
        cosine = nn.functional.cosine_similarity(predictions, targets, dim=1)
        return torch.mean(1 - cosine)


def get_inputs():
    targets = torch.randn(batch_size, features)
    similarity = 6 * torch.rand(batch_size, 1) - 4
    return [similarity * targets + torch.randn(batch_size, features), targets]


def get_init_inputs():
    return []
