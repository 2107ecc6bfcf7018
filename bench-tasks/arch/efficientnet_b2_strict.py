"""A short EfficientNet-B2: a 3 x 3 convolution at stride 2, five bottlenecks with a squeeze, a 1 x 1 convolution, the
mean of each channel, a linear layer.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A bottleneck: 1 x 1 convolution to `factor` times
the channels, norm, ReLU; 3 x 3 convolution of each channel by itself, norm, ReLU; the mean of each channel; 1 x 1
convolutions to a quarter of the channels and back with ReLU and sigmoid, which gate the image; 1 x 1 convolution, norm.
out: float32 [batch_size, num_classes]. Forward also moves every norm's running_mean, running_var and
num_batches_tracked.
A gate needs the means of the whole image before its first pixel can be written.

Strict variant of arch/efficientnet_b2. The published squeeze takes the image's place, so that one pixel is left after
the first bottleneck, means are over one element, and norms over two; here the squeeze gates the image, as in
EfficientNet.
"""

import torch
import torch.nn as nn

batch_size = 2
image_size = 224
num_classes = 1000
unit = 16

PRESETS = {
    "small": {"batch_size": 6, "image_size": 28, "num_classes": 12, "unit": 2},
    "odd": {"batch_size": 5, "image_size": 23, "num_classes": 7, "unit": 1},
    "full": {},
}


class Gate(nn.Module):
    """The image times a factor a channel, which its means give."""

    def __init__(self, hidden):
        super().__init__()
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool2d((1, 1)),
            nn.Conv2d(hidden, hidden // 4, kernel_size=1, bias=False),
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden // 4, hidden, kernel_size=1, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.squeeze(x)


def bottleneck(inputs, outputs, stride, factor):
    hidden = inputs * factor
    return nn.Sequential(
        nn.Conv2d(inputs, hidden, kernel_size=1, bias=False),
        nn.BatchNorm2d(hidden),
        nn.ReLU(inplace=True),
        nn.Conv2d(hidden, hidden, kernel_size=3, stride=stride, padding=1, groups=hidden, bias=False),
        nn.BatchNorm2d(hidden),
        nn.ReLU(inplace=True),
        Gate(hidden),
        nn.Conv2d(hidden, outputs, kernel_size=1, bias=False),
        nn.BatchNorm2d(outputs),
    )


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 2 * unit, kernel_size=3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(2 * unit)
        self.relu = nn.ReLU(inplace=True)
        self.blocks = nn.Sequential(
            bottleneck(2 * unit, 6 * unit, stride=1, factor=3),
            bottleneck(6 * unit, 9 * unit, stride=2, factor=6),
            bottleneck(9 * unit, 12 * unit, stride=2, factor=6),
            bottleneck(12 * unit, 18 * unit, stride=2, factor=6),
            bottleneck(18 * unit, 24 * unit, stride=1, factor=6),
        )
        self.conv_final = nn.Conv2d(24 * unit, 88 * unit, kernel_size=1, bias=False)
        self.bn_final = nn.BatchNorm2d(88 * unit)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(88 * unit, num_classes)

    def forward(self, x):
        x = self.blocks(self.relu(self.bn1(self.conv1(x))))
        x = self.relu(self.bn_final(self.conv_final(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
