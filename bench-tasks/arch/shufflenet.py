"""ShuffleNet: a 3 x 3 convolution at stride 2 and maxima, thirteen units in three stages, a 1 x 1 convolution, the mean
of each channel, a linear layer. No unit has a stride: the image stays at a sixteenth of its pixels.

x: float32 [batch_size, 3, height, width], uniform in [0, 1). A unit: grouped 1 x 1 convolution to a quarter of its
output's channels, norm, ReLU; 3 x 3 convolution of each channel by itself, norm; channel g * n + c goes to c * groups +
g; grouped 1 x 1 convolution, norm, ReLU; the input added, through a 1 x 1 convolution and norm where channels change.
No convolution has a bias; norms run over the batch (biased variance, eps 1e-5). out: float32 [batch_size, num_classes].
Forward also moves every norm's running_mean, running_var and num_batches_tracked.
Grouped products are thin (80 channels a group and less): norms and traffic decide. KernelBench L3/26.
"""

import torch
import torch.nn as nn

batch_size = 10
height = 224
width = 224
num_classes = 1000
groups = 3
stages_repeats = [3, 7, 3]
stages_out_channels = [24, 240, 480, 960]
final_channels = 1024

PRESETS = {
    "small": {
        "batch_size": 2,
        "height": 28,
        "width": 36,
        "num_classes": 12,
        "stages_out_channels": [6, 12, 24, 36],
        "final_channels": 44,
    },
    "odd": {
        "batch_size": 1,
        "height": 33,
        "width": 27,
        "num_classes": 7,
        "stages_out_channels": [3, 12, 36, 60],
        "final_channels": 33,
    },
    "full": {},
}


class Unit(nn.Module):
    def __init__(self, inputs, outputs, groups):
        super().__init__()
        middle = outputs // 4
        self.groups = groups
        self.conv1 = nn.Conv2d(inputs, middle, kernel_size=1, groups=groups, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, middle, kernel_size=3, padding=1, groups=middle, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.conv3 = nn.Conv2d(middle, outputs, kernel_size=1, groups=groups, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y = y.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)
        return torch.relu(self.bn3(self.conv3(y))) + self.shortcut(x)


class Model(nn.Module):
    def __init__(
        self,
        num_classes=1000,
        groups=groups,
        stages_repeats=stages_repeats,
        stages_out_channels=stages_out_channels,
    ):
        super().__init__()
        channels = stages_out_channels[0]
        self.conv1 = nn.Conv2d(3, channels, kernel_size=3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        stages = []
        for repeats, outputs in zip(stages_repeats, stages_out_channels[1:]):
            units = [Unit(channels, outputs, groups)] + [Unit(outputs, outputs, groups) for _ in range(repeats - 1)]
            stages.append(nn.Sequential(*units))
            channels = outputs
        self.stages = nn.Sequential(*stages)
        self.conv5 = nn.Conv2d(channels, final_channels, kernel_size=1, bias=False)
        self.bn5 = nn.BatchNorm2d(final_channels)
        self.fc = nn.Linear(final_channels, num_classes)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        x = torch.relu(self.bn5(self.conv5(self.stages(x))))
        return self.fc(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))


def get_inputs():
    return [torch.rand(batch_size, 3, height, width)]


def get_init_inputs():
    return [num_classes]
