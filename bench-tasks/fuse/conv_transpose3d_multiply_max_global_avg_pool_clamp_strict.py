"""A transposed convolution of volumes, a factor, maxima of 2 x 2 x 2 tiles, the mean of each channel, limits:
out[b, o] = clamp(mean over tiles of max over tile of 0.5 * conv_transpose(x)[b, o], 0, 1).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 30). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, with bias; each axis n becomes 2 * n - 1, of which the last plane fits no tile. out: float32
[batch_size, out_channels, 1, 1, 1].
8 KiB out of 962 MiB of convolution results at full size: sums across blocks, nothing else written.

Strict variant of fuse/conv_transpose3d_multiply_max_global_avg_pool_clamp. Published means never reach the upper limit,
and half-precision arithmetic is within the tolerance; inputs are thirty times as wide here.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 3
out_channels = 16
depth, height, width = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1
scale = 0.5
maxpool_kernel_size = 2

PRESETS = {
    "small": {"batch_size": 3, "out_channels": 12, "depth": 3, "height": 5, "width": 12},
    "odd": {"batch_size": 1, "out_channels": 7, "depth": 3, "height": 4, "width": 8},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, scale, maxpool_kernel_size):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding)
        self.scale = scale
        self.maxpool = nn.MaxPool3d(maxpool_kernel_size)
        self.global_avg_pool = nn.AdaptiveAvgPool3d((1, 1, 1))

    def forward(self, x):
        x = self.maxpool(self.conv_transpose(x) * self.scale)
        return torch.clamp(self.global_avg_pool(x), min=0, max=1)


def get_inputs():
    return [30 * torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, scale, maxpool_kernel_size]
