"""EfficientNet-B0 without squeeze-and-excitation: a 3 x 3 convolution at stride 2, thirteen inverted bottlenecks, a 1 x
1 convolution, the mean of each channel, a linear layer.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A bottleneck widens the channels by a 1 x 1
convolution (not where the factor is 1), convolves each channel by itself (3 x 3 or 5 x 5), and narrows them by a 1 x 1
convolution; each is followed by batch normalisation, the first two by ReLU6; the input is added where the shape allows.
No convolution has a bias. Channels are multiples of `unit`. out: float32 [batch_size, num_classes]. Forward also moves
every norm's running_mean, running_var and num_batches_tracked.
Depthwise convolutions and norms over the batch move memory; 40 norms need statistics before they can go on.
KernelBench L3/22.
"""

import torch
import torch.nn as nn

batch_size = 10
image_size = 224
num_classes = 1000
unit = 8

PRESETS = {
    "small": {"batch_size": 3, "image_size": 68, "num_classes": 12, "unit": 1},
    "odd": {"batch_size": 3, "image_size": 65, "num_classes": 7, "unit": 1},
    "full": {},
}

# Channels in and out (in units), kernel, stride, factor of the widening.
BLOCKS = [
    (4, 2, 3, 1, 1),
    (2, 3, 3, 2, 6),
    (3, 3, 3, 1, 6),
    (3, 5, 5, 2, 6),
    (5, 5, 5, 1, 6),
    (5, 10, 3, 2, 6),
    (10, 10, 3, 1, 6),
    (10, 14, 5, 1, 6),
    (14, 14, 5, 1, 6),
    (14, 24, 5, 2, 6),
    (24, 24, 5, 1, 6),
    (24, 24, 5, 1, 6),
    (24, 40, 3, 1, 6),
]


class Bottleneck(nn.Module):
    def __init__(self, inputs, outputs, kernel_size, stride, factor):
        super().__init__()
        hidden = inputs * factor
        self.residual = stride == 1 and inputs == outputs
        self.expand = nn.Identity()
        if factor != 1:
            self.expand = nn.Sequential(
                nn.Conv2d(inputs, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6(True)
            )
        self.depthwise = nn.Sequential(
            nn.Conv2d(hidden, hidden, kernel_size, stride, (kernel_size - 1) // 2, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(True),
        )
        self.project = nn.Sequential(nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return y + x if self.residual else y


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4 * unit, kernel_size=3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4 * unit)
        self.blocks = nn.Sequential(*(Bottleneck(i * unit, o * unit, k, s, f) for i, o, k, s, f in BLOCKS))
        self.conv2 = nn.Conv2d(40 * unit, 160 * unit, kernel_size=1, bias=False)
        self.bn2 = nn.BatchNorm2d(160 * unit)
        self.fc = nn.Linear(160 * unit, num_classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.blocks(x)
        x = torch.relu(self.bn2(self.conv2(x)))
        return self.fc(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
