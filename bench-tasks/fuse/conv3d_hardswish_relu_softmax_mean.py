"""A convolution of volumes, hard swish, group normalisation, the mean of each channel:
out[b, o] = mean over d, h, w of group_norm(hardswish(conv(x)))[b, o], hardswish(v) = v * min(6, max(0, v + 3)) / 6.
(The ReLU and the softmax of the name are not there.)

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv: Conv3d 4 x 4 x 4 with bias, no
padding. group_norm: num_groups groups of channels, biased variance, eps 1e-5, weight (1) and bias (0) a channel. out:
float32 [batch_size, out_channels].
Sums and sums of squares a channel suffice: mean and variance of its group give the result, without a second pass over
the 683 MiB in between at full size. KernelBench L2/27.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_channels = 3
out_channels = 16
kernel_size = 4
depth, height, width = 16, 32, 32
num_groups = 4

PRESETS = {
    "small": {"batch_size": 3, "out_channels": 12, "depth": 6, "height": 9, "width": 15},
    "odd": {"batch_size": 1, "out_channels": 15, "depth": 6, "height": 8, "width": 12, "num_groups": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, num_groups=num_groups, bias=True):
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel_size, bias=bias)
        self.group_norm = nn.GroupNorm(num_groups, out_channels)

    def forward(self, x):
        x = self.group_norm(nn.functional.hardswish(self.conv(x)))
        return torch.mean(x, dim=(2, 3, 4))


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
