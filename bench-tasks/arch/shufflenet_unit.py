"""A ShuffleNet unit: grouped 1 x 1 convolution to a quarter of the output's channels, norm, ReLU; 3 x 3 convolution of
each channel by itself, norm; channels shuffled between groups; grouped 1 x 1 convolution, norm, ReLU; the input added
through a 1 x 1 convolution and norm.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). The shuffle turns groups x channels round:
channel g * n + c goes to c * groups + g. No convolution has a bias; norms run over the batch (biased variance, eps
1e-5). out: float32 [batch_size, out_channels, height, width]. Forward also moves each norm's running_mean, running_var
and num_batches_tracked.
The shortcut is the heaviest part: 116 of 146 billion operations at full size. The shuffle is an index.
KernelBench L3/25.
"""

import torch
import torch.nn as nn

batch_size = 10
in_channels = 240
out_channels = 480
groups = 3
height, width = 224, 224

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 12, "out_channels": 36, "height": 9, "width": 12},
    "odd": {"batch_size": 1, "in_channels": 9, "out_channels": 60, "height": 7, "width": 11},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, groups=3):
        super().__init__()
        middle = out_channels // 4
        self.groups = groups
        self.conv1 = nn.Conv2d(in_channels, middle, kernel_size=1, groups=groups, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, middle, kernel_size=3, padding=1, groups=middle, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.conv3 = nn.Conv2d(middle, out_channels, kernel_size=1, groups=groups, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Identity()
        if in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y = y.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)
        return torch.relu(self.bn3(self.conv3(y))) + self.shortcut(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, groups]
