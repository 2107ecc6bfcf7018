"""A transposed convolution of volumes, a learned factor, means of 2 x 2 x 2 tiles, a bias a channel, another learned
factor: out = (avg_pool(conv_transpose(x) * scale1) + bias) * scale2.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, with bias; each axis n becomes 2 * n - 1, of which the last plane fits no tile. scale1 (0.5),
scale2 (1.0): float32, 0-dim, parameters, to be read at run time. bias: float32 [out_channels, 1, 1, 1], standard
normal. out: float32 [batch_size, out_channels, depth - 1, height - 1, width - 1].
All of it is linear: a tile's mean is one convolution of x with sums of taps. An eighth of 962 MiB is written at full
size. KernelBench L2/50.
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
scale1 = 0.5
scale2 = 1.0
bias_shape = (out_channels, 1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 4, "height": 6, "width": 13},
    "odd": {"batch_size": 1, "out_channels": 7, "depth": 4, "height": 6, "width": 10},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, scale1, scale2, bias_shape):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding)
        self.scale1 = nn.Parameter(torch.tensor(scale1))
        self.avg_pool = nn.AvgPool3d(2)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.scale2 = nn.Parameter(torch.tensor(scale2))

    def forward(self, x):
        x = self.avg_pool(self.conv_transpose(x) * self.scale1)
        return (x + self.bias) * self.scale2


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, scale1, scale2, bias_shape]
