"""Images seen through an affine map: for each output pixel the map gives a source position, whose four neighbours are
mixed bilinearly; what lies outside the image is 0.

x: float32 [batch, channels, height, width], uniform in [0, 1). theta: float32 [batch, 2, 3], the same rotation by 30
degrees for every sample; it maps normalised output coordinates (x, y, 1), -1 and 1 at the image's edges, to normalised
source coordinates. out: float32, x's shape.
Positions and weights are shared by the channels of a sample: compute them once, not 64 times, and never write the grid
to memory. 32 MiB in, 32 MiB out at full size.
"""

import torch
import torch.nn as nn

batch = 8
channels = 64
height = 128
width = 128
rotation = [[0.866, -0.5, 0.0], [0.5, 0.866, 0.0]]

PRESETS = {
    "small": {"batch": 2, "channels": 3, "height": 18, "width": 20},
    "odd": {"batch": 1, "channels": 5, "height": 17, "width": 15},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, theta):
        grid = nn.functional.affine_grid(theta, x.shape, align_corners=False)
        return nn.functional.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def get_inputs():
    return [torch.rand(batch, channels, height, width), torch.tensor(rotation).repeat(batch, 1, 1)]


def get_init_inputs():
    return []
