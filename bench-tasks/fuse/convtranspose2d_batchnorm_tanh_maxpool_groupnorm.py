"""A transposed convolution, batch normalisation, tanh, maxima of 2 x 2 tiles, group normalisation:
out = group_norm(max_pool(tanh(batch_norm(conv_transpose(x))))).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose: ConvTranspose2d 5 x 5, stride 1,
padding 1, with bias; each axis grows by 2. batch_norm: mean and biased variance a channel over the batch, eps 1e-5,
weight (1) and bias (0). group_norm: num_groups groups of channels, biased variance, eps 1e-5, weight (1) and bias (0).
out: float32 [batch_size, out_channels, (height + 2) // 2, (width + 2) // 2]. The constructor's groups is ignored.
Forward also moves batch_norm.running_mean, .running_var and .num_batches_tracked.
Two norms of different kinds in a row: three passes over 289 MiB or less at full size. 215 billion operations.
KernelBench L2/11.
"""

import torch
import torch.nn as nn

batch_size = 512
in_channels = 64
out_channels = 128
height, width = 32, 32
kernel_size = 5
stride = 1
padding = 1
groups = 8
num_groups = 8

PRESETS = {
    "small": {
        "batch_size": 3,
        "in_channels": 4,
        "out_channels": 12,
        "height": 6,
        "width": 10,
        "groups": 4,
        "num_groups": 4,
    },
    "odd": {
        "batch_size": 2,
        "in_channels": 3,
        "out_channels": 9,
        "height": 7,
        "width": 11,
        "groups": 3,
        "num_groups": 3,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, groups, num_groups):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(in_channels, out_channels, kernel_size, stride, padding)
        self.batch_norm = nn.BatchNorm2d(out_channels)
        self.tanh = nn.Tanh()
        self.max_pool = nn.MaxPool2d(2)
        self.group_norm = nn.GroupNorm(num_groups, out_channels)

    def forward(self, x):
        x = self.tanh(self.batch_norm(self.conv_transpose(x)))
        return self.group_norm(self.max_pool(x))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, groups, num_groups]
