"""Images resized to a size that is an argument, by bilinear interpolation: the source position of pixel i is
(i + 0.5) * in / out - 0.5, kept inside the image, and its four neighbours are mixed.

x: float32 [batch, channels, height, width], uniform in [0, 1). target_size: a Python tuple (height, width). out:
float32 [batch, channels, *target_size].
29 MiB in, 117 MiB out at full size, where both axes double.
"""

import torch
import torch.nn as nn

batch = 4
channels = 128
height = 100
width = 150
target_size = (200, 300)

PRESETS = {
    "small": {"batch": 2, "channels": 3, "height": 9, "width": 20, "target_size": (22, 44)},
    "odd": {"batch": 1, "channels": 3, "height": 11, "width": 13, "target_size": (17, 35)},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, target_size):
        return nn.functional.interpolate(x, size=target_size, mode="bilinear", align_corners=False)


def get_inputs():
    return [torch.rand(batch, channels, height, width), target_size]


def get_init_inputs():
    return []
