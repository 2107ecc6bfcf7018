"""A transposed convolution of volumes, log-sum-exp across channels, a gate, a subtraction, limits:
v = log(sum over o of exp(conv_transpose(x)[b, o])), out = clamp(v * sigmoid(v + 3) / 6 - bias, -1, 1).

x: float32 [batch_size, in_channels, depth, height, width], normal with a standard deviation of 60. conv_transpose:
ConvTranspose3d 3 x 3 x 3, stride 2, padding 1, with bias; each axis n becomes 2 * n - 1. bias: float32 [1, 1, 1, 1],
starting in [0, 1), whatever the constructor's bias_shape. out: float32 [batch_size, 1, 2 * depth - 1, 2 * height - 1, 2
* width - 1].
All 16 channels of a voxel meet in one number: a sixteenth of the 962 MiB of convolution results at full size is
written.

Strict variant of fuse/conv_transpose3d_log_sum_exp_hard_swish_subtract_clamp_max. Published values stay within the
limits, which hardly ever act; here inputs are normal and wider, and the subtracted number starts in [0, 1).
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
bias_shape = (1, 1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "depth": 3, "height": 5, "width": 9},
    "odd": {"batch_size": 1, "out_channels": 7, "depth": 3, "height": 5, "width": 8},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, bias_shape):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size, stride, padding)
        self.bias = nn.Parameter(torch.rand(1, 1, 1, 1))

    def forward(self, x):
        x = torch.logsumexp(self.conv_transpose(x), dim=1, keepdim=True)
        x = x * torch.sigmoid(x + 3) / 6
        return torch.clamp(x - self.bias, min=-1, max=1)


def get_inputs():
    return [60 * torch.randn(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, bias_shape]
