"""Means of 2 x 2 x 2 tiles, a transposed convolution that doubles each axis again, limits, softmax over the voxels of
each channel, a factor a channel: out[b, o] = scale[o] * softmax over d, h, w of clamp(conv_transpose(avg_pool(x)), 0,
1).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, output padding 1, with bias. scale: float32 [1, out_channels, 1, 1, 1], uniform between 0.5 and
1.5 times the number of voxels. out: float32 [batch_size, out_channels, depth, height, width] (for even sizes).
At full size a softmax runs over 131072 voxels. 2048 independent rows of 512 KiB: two passes over 1 GiB.

Strict variant of fuse/conv_transpose3d_avg_pool_clamp_softmax_multiply. Published results are near 8e-6, so that zeros
pass; here the learned factors start between half the number of voxels and one and a half times that, not at one.
"""

import torch
import torch.nn as nn

batch_size = 32
in_channels = 32
out_channels = 64
depth, height, width = 32, 64, 64
kernel_size = 3
stride = 2
padding = 1
output_padding = 1
pool_kernel_size = 2
clamp_min = 0.0
clamp_max = 1.0
voxels = depth * height * width

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 6, "depth": 4, "height": 6, "width": 12},
    "odd": {
        "batch_size": 1,
        "in_channels": 3,
        "out_channels": 5,
        "depth": 7,
        "height": 7,
        "width": 9,
        "output_padding": 0,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        output_padding,
        pool_kernel_size,
        clamp_min,
        clamp_max,
    ):
        super().__init__()
        self.avg_pool = nn.AvgPool3d(pool_kernel_size)
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.clamp_min = clamp_min
        self.clamp_max = clamp_max
        self.scale = nn.Parameter(voxels * (0.5 + torch.rand(1, out_channels, 1, 1, 1)))

    def forward(self, x):
        x = self.conv_transpose(self.avg_pool(x))
        x = torch.clamp(x, self.clamp_min, self.clamp_max)
        voxels = x.view(x.size(0), x.size(1), -1)
        return torch.softmax(voxels, dim=2).view(x.shape) * self.scale


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        output_padding,
        pool_kernel_size,
        clamp_min,
        clamp_max,
    ]
