"""One bias a channel added to images: out[b, c, h, w] = x[b, c, h, w] + bias[c].

x: float32 [batch, channels, height, width], bias: float32 [channels], both uniform in [0, 1). out: float32, x's shape.
32 MiB of traffic at full size; a channel's plane is contiguous, so that a block can load its bias once.
"""

import torch
import torch.nn as nn

batch = 8
channels = 512
height = 32
width = 32

PRESETS = {
    "small": {"batch": 3, "channels": 20, "height": 9, "width": 12},
    "odd": {"batch": 1, "channels": 7, "height": 11, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, bias):
        return x + bias.view(1, -1, 1, 1)


def get_inputs():
    return [torch.rand(batch, channels, height, width), torch.rand(channels)]


def get_init_inputs():
    return []
