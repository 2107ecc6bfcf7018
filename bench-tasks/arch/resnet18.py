"""ResNet-18: a 7 x 7 convolution at stride 2 and maxima, eight basic blocks in four stages, the mean of each channel, a
linear layer.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A block: 3 x 3 convolution (at stride 2 where a
stage after the first begins), norm, ReLU, 3 x 3 convolution, norm; the input added, through a 1 x 1 convolution and
norm where the shape changes; ReLU. No convolution has a bias; norms run over the batch (biased variance, eps 1e-5).
Channels are base_width times 1, 2, 4, 8. out: float32 [batch_size, num_classes]. Forward also moves every norm's
running_mean, running_var and num_batches_tracked.
Two images at full size, 7 billion operations: some sixty launches with little in each. KernelBench L3/9.
"""

import torch
import torch.nn as nn

batch_size = 2
image_size = 224
num_classes = 1000
base_width = 64

PRESETS = {
    "small": {"batch_size": 3, "image_size": 68, "num_classes": 12, "base_width": 4},
    "odd": {"batch_size": 3, "image_size": 65, "num_classes": 7, "base_width": 3},
    "full": {},
}


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Model(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, base_width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(base_width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self.layer(1, 1, stride=1)
        self.layer2 = self.layer(1, 2, stride=2)
        self.layer3 = self.layer(2, 4, stride=2)
        self.layer4 = self.layer(4, 8, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(8 * base_width, num_classes)

    @staticmethod
    def layer(inputs, outputs, stride):
        return nn.Sequential(
            BasicBlock(inputs * base_width, outputs * base_width, stride),
            BasicBlock(outputs * base_width, outputs * base_width, stride=1),
        )

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        return self.fc(torch.flatten(self.avgpool(x), 1))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
