"""SqueezeNet 1.0: a 7 x 7 convolution at stride 2, eight fire modules with maxima between them, a 1 x 1 convolution to
the classes, ReLU, the mean of each channel.

x: float32 [batch_size, input_channels, height, width], uniform in [0, 1). A fire module squeezes channels by a 1 x 1
convolution and expands them by a 1 x 1 and a 3 x 3 convolution side by side, with ReLU after each; all convolutions
have a bias. Pools: maxima of 3 x 3 windows at stride 2, the last window cut off at the edge (ceil mode). Channels are
multiples of `unit`; dropout has probability 0. out: float32 [batch_size, num_classes], not negative.
5 MiB of weights, against 23 MiB an image after the first convolution alone at full size: traffic decides.

Strict variant of arch/squeeze_net. Published weights make the signal shrink layer by layer, until results are nearly
the last bias and half-precision arithmetic is within the tolerance; here matrices and filters start with He's normal
weights, which keep its size.
"""

import torch
import torch.nn as nn

batch_size = 64
input_channels = 3
height = 512
width = 512
num_classes = 1000
unit = 16

PRESETS = {
    "small": {"batch_size": 2, "height": 52, "width": 44, "num_classes": 12, "unit": 2},
    "odd": {"batch_size": 1, "height": 45, "width": 51, "num_classes": 7, "unit": 1},
    "full": {},
}


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs * unit, squeezed * unit, kernel_size=1)
        self.expand1x1 = nn.Conv2d(squeezed * unit, expanded * unit, kernel_size=1)
        self.expand3x3 = nn.Conv2d(squeezed * unit, expanded * unit, kernel_size=3, padding=1)

    def forward(self, x):
        x = torch.relu(self.squeeze(x))
        return torch.cat((torch.relu(self.expand1x1(x)), torch.relu(self.expand3x3(x))), dim=1)


def pool():
    return nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6 * unit, kernel_size=7, stride=2),
            nn.ReLU(inplace=True),
            pool(),
            Fire(6, 1, 4),
            Fire(8, 1, 4),
            Fire(8, 2, 8),
            pool(),
            Fire(16, 2, 8),
            Fire(16, 3, 12),
            Fire(24, 3, 12),
            Fire(24, 4, 16),
            pool(),
            Fire(32, 4, 16),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(p=0.0),
            nn.Conv2d(32 * unit, num_classes, kernel_size=1),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d((1, 1)),
        )
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x):
        return torch.flatten(self.classifier(self.features(x)), 1)


def get_inputs():
    return [torch.rand(batch_size, input_channels, height, width)]


def get_init_inputs():
    return [num_classes]
