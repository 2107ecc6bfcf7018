"""GoogLeNet: three convolutions with ReLU, nine Inception modules with maxima between them, the mean of each channel, a
linear layer.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A module lays four views side by side: 1 x 1; 1 x
1 then 3 x 3; 1 x 1 then 5 x 5; maxima of 3 x 3 windows then 1 x 1; all convolutions have a bias and, within modules, no
activation. Pools: maxima of 3 x 3 windows at stride 2, padding 1. Channels are multiples of `unit`; dropout has
probability 0. out: float32 [batch_size, num_classes].
57 convolutions, many too small to fill a GPU: branches of a module can run side by side.

Strict variant of arch/googlenet_inception_v1. Published weights make the signal shrink layer by layer, until results
are nearly the last bias and half-precision arithmetic is within the tolerance; here matrices and filters start with
normal weights of variance 1 / fan-in.
"""

import torch
import torch.nn as nn

batch_size = 10
image_size = 224
num_classes = 1000
unit = 8

PRESETS = {
    "small": {"batch_size": 2, "image_size": 44, "num_classes": 12, "unit": 1},
    "odd": {"batch_size": 1, "image_size": 33, "num_classes": 7, "unit": 1},
    "full": {},
}


class Inception(nn.Module):
    def __init__(self, inputs, out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj):
        super().__init__()
        self.branch1x1 = nn.Conv2d(inputs * unit, out_1x1 * unit, 1)
        self.branch3x3 = nn.Sequential(
            nn.Conv2d(inputs * unit, reduce_3x3 * unit, 1), nn.Conv2d(reduce_3x3 * unit, out_3x3 * unit, 3, padding=1)
        )
        self.branch5x5 = nn.Sequential(
            nn.Conv2d(inputs * unit, reduce_5x5 * unit, 1), nn.Conv2d(reduce_5x5 * unit, out_5x5 * unit, 5, padding=2)
        )
        self.branch_pool = nn.Sequential(nn.MaxPool2d(3, 1, padding=1), nn.Conv2d(inputs * unit, pool_proj * unit, 1))

    def forward(self, x):
        return torch.cat((self.branch1x1(x), self.branch3x3(x), self.branch5x5(x), self.branch_pool(x)), dim=1)


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8 * unit, kernel_size=7, stride=2, padding=3)
        self.conv2 = nn.Conv2d(8 * unit, 8 * unit, kernel_size=1)
        self.conv3 = nn.Conv2d(8 * unit, 24 * unit, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        # In units: inputs; 1 x 1; 3 x 3, reduced and full; 5 x 5, reduced and full; after the pool.
        self.stage3 = nn.Sequential(Inception(24, 8, 12, 16, 2, 4, 4), Inception(32, 16, 16, 24, 4, 12, 8))
        self.stage4 = nn.Sequential(
            Inception(60, 24, 12, 26, 2, 6, 8),
            Inception(64, 20, 14, 28, 3, 8, 8),
            Inception(64, 16, 16, 32, 3, 8, 8),
            Inception(64, 14, 18, 36, 4, 8, 8),
            Inception(66, 32, 20, 40, 4, 16, 16),
        )
        self.stage5 = nn.Sequential(Inception(104, 32, 20, 40, 4, 16, 16), Inception(104, 48, 24, 48, 6, 16, 16))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(0.0)
        self.fc = nn.Linear(128 * unit, num_classes)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="linear")

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = torch.relu(self.conv2(x))
        x = self.pool(torch.relu(self.conv3(x)))
        x = self.pool(self.stage3(x))
        x = self.pool(self.stage4(x))
        x = self.avgpool(self.stage5(x))
        return self.fc(self.dropout(torch.flatten(x, 1)))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
