"""VGG-19: sixteen convolutions of 3 x 3 with ReLU in five stages, 2 x 2 maxima after each, then three linear layers.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). Convolutions have a bias and padding 1; stages
have base_width times 1, 2, 4, 8 and 8 channels; hidden linear layers have 64 * base_width. The first of them takes
(image_size // 32)^2 pixels of each channel. Dropout has probability 0. out: float32 [batch_size, num_classes].
393 billion operations at full size in sixteen convolutions of one kind and five sizes: one good 3 x 3 kernel, tuned for
images of 224 and of 14 pixels.

Strict variant of arch/vgg19. Published weights make the signal shrink layer by layer, until results are nearly the last
bias and half-precision arithmetic is within the tolerance; here matrices and filters start with He's normal weights,
which keep its size.
"""

import torch
import torch.nn as nn

batch_size = 10
image_size = 224
num_classes = 1000
base_width = 64

PRESETS = {
    "small": {"batch_size": 2, "image_size": 36, "num_classes": 12, "base_width": 4},
    "odd": {"batch_size": 1, "image_size": 33, "num_classes": 7, "base_width": 3},
    "full": {},
}

# Convolutions a stage, and channels in units of base_width.
STAGES = [(2, 1), (2, 2), (4, 4), (4, 8), (4, 8)]


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        layers = []
        channels = 3
        for convolutions, width in STAGES:
            for _ in range(convolutions):
                layers += [nn.Conv2d(channels, width * base_width, kernel_size=3, padding=1), nn.ReLU(inplace=True)]
                channels = width * base_width
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
        hidden = 64 * base_width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(channels * (image_size // 32) ** 2, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(p=0.0),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(p=0.0),
            nn.Linear(hidden, num_classes),
        )
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
