"""A residual block: out = max(0, bn2(conv2(max(0, bn1(conv1(x))))) + downsample(x)).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv1, conv2: 3 x 3, padding 1, without bias.
downsample: a 1 x 1 convolution without bias (downsample.0) and a norm (downsample.1). All norms: mean and biased
variance a channel over the batch, eps 1e-5, weight 1, bias 0. out: float32 [batch_size, out_channels, height, width]
for stride 1. Forward also moves each norm's running_mean, running_var and num_batches_tracked.
39 billion operations at full size; the two branches' 122 MiB each wait for three sets of statistics. KernelBench L3/8.
"""

import torch
import torch.nn as nn

batch_size = 10
in_channels = 3
out_channels = 64
height, width = 224, 224
stride = 1

PRESETS = {
    "small": {"batch_size": 2, "out_channels": 12, "height": 14, "width": 20},
    "odd": {"batch_size": 1, "out_channels": 9, "height": 11, "width": 15},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size=1, stride=stride, bias=False),
            nn.BatchNorm2d(out_channels),
        )

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + self.downsample(x))


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, stride]
