"""MobileNetV2 without its residual additions: a 3 x 3 convolution at stride 2, seventeen inverted bottlenecks, a 1 x 1
convolution, the mean of each channel, a linear layer.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A bottleneck widens the channels sixfold by a 1 x
1 convolution (the first does not), convolves each channel by itself (3 x 3), and narrows them by a 1 x 1 convolution;
norms over the batch after each, ReLU6 after all but the last; no bias. Channels are multiples of `unit`. Convolution
weights are normal with variance 2 / (outputs * kernel area), the last layer's normal with deviation 0.01, its bias 0.
Dropout has probability 0. out: float32 [batch_size, num_classes]. Forward also moves every norm's running_mean,
running_var and num_batches_tracked.
The widened images in between, 52 of them with their norms, are the traffic. KernelBench L3/20.
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

# Widening, channels (in units), repetitions, stride of the first.
STAGES = [(1, 2, 1, 1), (6, 3, 2, 2), (6, 4, 3, 2), (6, 8, 4, 2), (6, 12, 3, 1), (6, 20, 3, 2), (6, 40, 1, 1)]


def step(inputs, outputs, kernel_size, stride=1, groups=1):
    padding = kernel_size // 2
    convolution = nn.Conv2d(inputs, outputs, kernel_size, stride, padding, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(outputs)]


def bottleneck(inputs, outputs, stride, factor):
    hidden = inputs * factor
    layers = [*step(inputs, hidden, 1), nn.ReLU6(inplace=True)] if factor > 1 else []
    layers += [*step(hidden, hidden, 3, stride, groups=hidden), nn.ReLU6(inplace=True)]
    return nn.Sequential(*layers, *step(hidden, outputs, 1))


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        channels = 4 * unit
        layers = [*step(3, channels, 3, stride=2), nn.ReLU6(inplace=True)]
        for factor, width, repetitions, stride in STAGES:
            for i in range(repetitions):
                layers.append(bottleneck(channels, width * unit, stride if i == 0 else 1, factor))
                channels = width * unit
        layers += [*step(channels, 160 * unit, 1), nn.ReLU6(inplace=True), nn.AdaptiveAvgPool2d((1, 1))]
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.0), nn.Linear(160 * unit, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
        nn.init.normal_(self.classifier[1].weight, 0, 0.01)
        nn.init.zeros_(self.classifier[1].bias)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
