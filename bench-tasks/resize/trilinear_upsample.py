"""Volumes doubled by trilinear interpolation: each output voxel mixes the eight nearest input voxels. Corner voxels of
input and output coincide (align_corners): the source position of voxel i is i * (in - 1) / (out - 1).

x: float32 [batch, channels, depth, height, width], uniform in [0, 1). out: float32, the last three axes doubled.
4 MiB in, 32 MiB out at full size; positions differ by nearly 1/2, so that neighbouring outputs share their inputs.
"""

import torch
import torch.nn as nn

batch = 2
channels = 16
depth = 32
height = 32
width = 32

PRESETS = {
    "small": {"batch": 2, "channels": 2, "depth": 5, "height": 6, "width": 12},
    "odd": {"batch": 1, "channels": 3, "depth": 3, "height": 7, "width": 9},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.interpolate(x, scale_factor=(2, 2, 2), mode="trilinear", align_corners=True)


def get_inputs():
    return [torch.rand(batch, channels, depth, height, width)]


def get_init_inputs():
    return []
