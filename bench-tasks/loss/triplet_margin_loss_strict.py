"""Triplet loss: out = mean over b of max(0, margin + |anchor[b] - positive[b]| - |anchor[b] - negative[b]|), with
Euclidean distances (1e-6 added to each difference) and margin = 1.

anchor: float32 [batch_size, features], standard normal. positive, negative: float32 [batch_size, features], the anchor
plus normal noise of a random width in [0, 0.1) a row. out: float32, 0-dim.
Two sums over three rows in one pass: 3 GiB are read at full size.

Strict variant of loss/triplet_margin_loss. Published distances are nearly equal, so that the maximum never acts and the
loss stays near the margin; here positive and negative are the anchor plus noise, whose width is a random number a row.
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


def near(anchor):
    return anchor + 0.1 * torch.rand(batch_size, 1) * torch.randn(batch_size, features)


def get_inputs():
    anchor = torch.randn(batch_size, features)
    return [anchor, near(anchor), near(anchor)]


def get_init_inputs():
    return [margin]
