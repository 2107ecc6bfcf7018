"""MobileNet: a 3 x 3 convolution at stride 2, thirteen depthwise separable ones, the mean of each channel, a linear
layer.

x: float32 [batch_size, input_channels, image_size, image_size], uniform in [0, 1). Each separable convolution: 3 x 3 of
each channel by itself, norm, ReLU, 1 x 1 across channels, norm, ReLU; none has a bias. Norms run over the batch (biased
variance, eps 1e-5). Channels are 32 to 1024 times alpha. pool_size is what 5 halvings leave of the image. out: float32
[batch_size, num_classes]. Forward also moves every norm's running_mean, running_var and num_batches_tracked.
12 billion operations and 27 norms at full size: passes over memory between small products. KernelBench L3/19.
"""

import torch
import torch.nn as nn

batch_size = 10
input_channels = 3
image_size = 224
num_classes = 1000
alpha = 1.0
pool_size = 7

PRESETS = {
    "small": {"batch_size": 3, "image_size": 60, "num_classes": 12, "alpha": 0.125, "pool_size": 2},
    "odd": {"batch_size": 3, "image_size": 65, "num_classes": 7, "alpha": 0.1, "pool_size": 3},
    "full": {},
}


def step(convolution):
    return [convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU(inplace=True)]


def separable(inputs, outputs, stride):
    depthwise = nn.Conv2d(inputs, inputs, 3, stride, padding=1, groups=inputs, bias=False)
    pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
    return nn.Sequential(*step(depthwise), *step(pointwise))


class Model(nn.Module):
    def __init__(self, num_classes=1000, input_channels=3, alpha=1.0):
        super().__init__()
        widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
        strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
        channels = int(32 * alpha)
        layers = [nn.Sequential(*step(nn.Conv2d(input_channels, channels, 3, stride=2, padding=1, bias=False)))]
        for width, stride in zip(widths, strides):
            layers.append(separable(channels, int(width * alpha), stride))
            channels = int(width * alpha)
        self.model = nn.Sequential(*layers, nn.AvgPool2d(pool_size))
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, x):
        return self.fc(self.model(x).flatten(1))


def get_inputs():
    return [torch.rand(batch_size, input_channels, image_size, image_size)]


def get_init_inputs():
    return [num_classes, input_channels, alpha]
