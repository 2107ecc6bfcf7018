"""A transposed convolution of volumes that doubles each axis, a learned addend, layer normalisation along the innermost
axis, means of 2 x 2 x 2 tiles, exact GELU: out = gelu(avg_pool(norm(conv_transpose(x) + sum_weight))).

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, output padding 1, with bias. sum_weight: float32, 0-dim, 1.0, which the norm takes away again.
norm: norm_shape weights (1) and biases (0) on the last axis, so that 2 * width = norm_shape[0]; biased variance, eps
1e-5. out: float32 [batch_size, out_channels, depth, height, width].
Rows of 64 are normalised before four of them meet in a tile: an eighth of 1 GiB is written at full size.
KernelBench L2/3.
"""

import torch
import torch.nn as nn

batch_size = 32
in_channels = 32
out_channels = 64
depth, height, width = 16, 32, 32
kernel_size = (3, 3, 3)
stride = (2, 2, 2)
padding = (1, 1, 1)
output_padding = (1, 1, 1)
sum_weight = 1.0
norm_shape = (out_channels,)
pool_kernel_size = (2, 2, 2)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "depth": 3, "height": 4, "width": 6},
    "odd": {
        "batch_size": 1,
        "in_channels": 3,
        "out_channels": 9,
        "depth": 3,
        "height": 4,
        "width": 5,
        "output_padding": (0, 0, 0),
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
        sum_weight,
        norm_shape,
        pool_kernel_size,
    ):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.sum_weight = nn.Parameter(torch.tensor(sum_weight))
        self.norm = nn.LayerNorm(norm_shape)
        self.avg_pool = nn.AvgPool3d(pool_kernel_size)
        self.gelu = nn.GELU()

    def forward(self, x):
        x = self.norm(self.conv_transpose(x) + self.sum_weight)
        return self.gelu(self.avg_pool(x))


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
        sum_weight,
        norm_shape,
        pool_kernel_size,
    ]
