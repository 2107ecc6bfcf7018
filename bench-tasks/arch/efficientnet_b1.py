"""A short EfficientNet-B1: a 3 x 3 convolution at stride 2, seven inverted bottlenecks, a 1 x 1 convolution, the mean
of each channel, a linear layer.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A bottleneck: 1 x 1 convolution to `factor` times
the channels, 3 x 3 convolution of each channel by itself, 1 x 1 convolution; each is followed by batch normalisation,
the first two by ReLU6; nothing is added, no convolution has a bias. Channels are multiples of `unit`. out: float32
[batch_size, num_classes]. Forward also moves every norm's running_mean, running_var and num_batches_tracked.
At 120 x 120 pixels the first bottlenecks move the most memory: a chain of convolution, statistics, normalisation.
KernelBench L3/23.
"""

import torch
import torch.nn as nn

batch_size = 10
image_size = 240
num_classes = 1000
unit = 8

PRESETS = {
    "small": {"batch_size": 3, "image_size": 76, "num_classes": 12, "unit": 1},
    "odd": {"batch_size": 3, "image_size": 65, "num_classes": 7, "unit": 1},
    "full": {},
}


def bottleneck(inputs, outputs, stride, factor):
    hidden = inputs * factor
    return nn.Sequential(
        nn.Conv2d(inputs, hidden, kernel_size=1, bias=False),
        nn.BatchNorm2d(hidden),
        nn.ReLU6(inplace=True),
        nn.Conv2d(hidden, hidden, kernel_size=3, stride=stride, padding=1, groups=hidden, bias=False),
        nn.BatchNorm2d(hidden),
        nn.ReLU6(inplace=True),
        nn.Conv2d(hidden, outputs, kernel_size=1, bias=False),
        nn.BatchNorm2d(outputs),
    )


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4 * unit, kernel_size=3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4 * unit)
        self.blocks = nn.Sequential(
            bottleneck(4 * unit, 2 * unit, stride=1, factor=1),
            bottleneck(2 * unit, 3 * unit, stride=2, factor=6),
            bottleneck(3 * unit, 5 * unit, stride=2, factor=6),
            bottleneck(5 * unit, 10 * unit, stride=2, factor=6),
            bottleneck(10 * unit, 14 * unit, stride=1, factor=6),
            bottleneck(14 * unit, 24 * unit, stride=2, factor=6),
            bottleneck(24 * unit, 40 * unit, stride=1, factor=6),
        )
        self.conv2 = nn.Conv2d(40 * unit, 160 * unit, kernel_size=1, bias=False)
        self.bn2 = nn.BatchNorm2d(160 * unit)
        self.fc = nn.Linear(160 * unit, num_classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(self.blocks(x))))
        x = nn.functional.adaptive_avg_pool2d(x, 1)
        return self.fc(torch.flatten(x, 1))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
