"""Images seen through a given grid of positions: out[b, :, h, w] mixes bilinearly the four neighbours of the position
grid[b, h, w]; what lies outside the image is 0.

x: float32 [batch, channels, height, width], uniform in [0, 1). grid: float32 [batch, height, width, 2], normalised
(x, y), -1 and 1 at the image's edges: each pixel's own position plus uniform noise in [0, 0.05), a shift of up to 6
pixels to the right and down at full size, where the last pixels fall outside. out: float32, x's shape.
The reads are a scattered neighbourhood that the cache serves; with 3 channels the grid is as large as two thirds of the
image.
"""

import torch
import torch.nn as nn

batch = 4
channels = 3
height = 256
width = 256
noise = 0.05

PRESETS = {
    "small": {"batch": 2, "channels": 3, "height": 22, "width": 36},
    "odd": {"batch": 1, "channels": 3, "height": 35, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def forward(self, x, grid):
        return nn.functional.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def get_inputs():
    x = torch.rand(batch, channels, height, width)
    identity = torch.eye(2, 3).repeat(batch, 1, 1)
    grid = nn.functional.affine_grid(identity, x.shape, align_corners=False)
    return [x, grid + noise * torch.rand_like(grid)]


def get_init_inputs():
    return []
