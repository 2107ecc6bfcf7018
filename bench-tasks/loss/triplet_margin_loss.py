"""Triplet loss: out = mean over b of max(0, margin + |anchor[b] - positive[b]| - |anchor[b] - negative[b]|), with
Euclidean distances (1e-6 added to each difference) and margin = 1.

anchor: float32 [batch_size, features], uniform in [0, 1) times one random number in [0, 1) for the whole tensor.
positive, negative: float32 [batch_size, features], uniform in [0, 1). out: float32, 0-dim; the two distances are nearly
equal, so that the loss stays near the margin.
Two sums over three rows in one pass: 3 GiB are read at full size. KernelBench L1/99.
"""

import torch
import torch.nn as nn

batch_size = 32768
features = 8192
margin = 1.0

PRESETS = {
    "small": {"batch_size": 7, "features": 524},
    "odd": {"batch_size": 3, "features": 259},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, margin):
        super().__init__()
        self.loss_fn = nn.TripletMarginLoss(margin=margin)

    def forward(self, anchor, positive, negative):
        return self.loss_fn(anchor, positive, negative)


def get_inputs():
    scale = torch.rand(())
    return [
        torch.rand(batch_size, features) * scale,
        torch.rand(batch_size, features),
        torch.rand(batch_size, features),
    ]


def get_init_inputs():
    return [margin]
