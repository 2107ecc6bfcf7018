"""A fire module: channels squeezed by a 1 x 1 convolution, then expanded by a 1 x 1 and by a 3 x 3 convolution side by
side; ReLU after each.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). All convolutions have a bias; the 3 x 3 one has
padding 1. out: float32 [batch_size, expand1x1_channels + expand3x3_channels, height, width], the 1 x 1 part first.
Three channels in, 128 out: 96 MiB read, 4 GiB written at full size, best by one kernel that squeezes as it loads and
writes both halves in place. 65 billion operations. KernelBench L3/17.
"""

import torch
import torch.nn as nn

batch_size = 128
height, width = 256, 256
in_channels = 3
squeeze_channels = 6
expand1x1_channels = 64
expand3x3_channels = 64

PRESETS = {
    "small": {"batch_size": 2, "height": 9, "width": 20, "expand1x1_channels": 12, "expand3x3_channels": 20},
    "odd": {
        "batch_size": 1,
        "height": 7,
        "width": 13,
        "in_channels": 5,
        "squeeze_channels": 3,
        "expand1x1_channels": 11,
        "expand3x3_channels": 9,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, squeeze_channels, expand1x1_channels, expand3x3_channels):
        super().__init__()
        self.squeeze = nn.Conv2d(in_channels, squeeze_channels, kernel_size=1)
        self.expand1x1 = nn.Conv2d(squeeze_channels, expand1x1_channels, kernel_size=1)
        self.expand3x3 = nn.Conv2d(squeeze_channels, expand3x3_channels, kernel_size=3, padding=1)

    def forward(self, x):
        x = torch.relu(self.squeeze(x))
        return torch.cat((torch.relu(self.expand1x1(x)), torch.relu(self.expand3x3(x))), dim=1)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, squeeze_channels, expand1x1_channels, expand3x3_channels]
