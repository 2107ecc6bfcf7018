"""A transposed convolution of volumes, maxima of 2 x 2 x 2, then of 3 x 3 x 3 tiles, a sum across channels:
out[b, 0] = sum over o of max_pool3(max_pool2(conv_transpose(x)))[b, o].

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 5 x 5 x
5, stride 2, padding 2, with bias; each axis n becomes 2 * n - 1. Tiles do not overlap and what is left over counts
nowhere. out: float32 [batch_size, 1, …], each axis (2 * n - 1) // 6.
268 billion operations at full size for 16000 numbers; the two pools are one over 6 x 6 x 6. KernelBench L2/78.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
depth, height, width = 32, 32, 32
kernel_size = 5
stride = 2
padding = 2

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 6, "depth": 4, "height": 7, "width": 13},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 5, "depth": 4, "height": 5, "width": 10},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding)
        self.max_pool1 = nn.MaxPool3d(2)
        self.max_pool2 = nn.MaxPool3d(3)

    def forward(self, x):
        x = self.max_pool2(self.max_pool1(self.conv_transpose(x)))
        return torch.sum(x, dim=1, keepdim=True)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding]
