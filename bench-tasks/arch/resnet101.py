"""ResNet-101: a 7 x 7 convolution at stride 2 and maxima, 33 bottleneck blocks in four stages, the mean of each
channel, a linear layer.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A block: 1 x 1 convolution, norm, ReLU; 3 x 3
convolution (at stride 2 where a stage after the first begins), norm, ReLU; 1 x 1 convolution to four times the
channels, norm; the input added, through a 1 x 1 convolution and norm where the shape changes; ReLU. No convolution has
a bias; norms run over the batch (biased variance, eps 1e-5). Channels are base_width times 1, 2, 4, 8. out: float32
[batch_size, num_classes]. Forward also moves every norm's running_mean, running_var and num_batches_tracked.
156 billion operations at full size with 104 norms between them, each a pass over memory. KernelBench L3/10.
"""

import torch
import torch.nn as nn

batch_size = 10
image_size = 224
layers = [3, 4, 23, 3]
num_classes = 1000
base_width = 64

PRESETS = {
    "small": {"batch_size": 3, "image_size": 68, "num_classes": 12, "base_width": 4},
    "odd": {"batch_size": 3, "image_size": 65, "num_classes": 7, "base_width": 3},
    "full": {},
}


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, kernel_size=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, kernel_size=1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        return self.relu(self.bn3(self.conv3(y)) + self.downsample(x))


class Model(nn.Module):
    def __init__(self, layers, num_classes=1000):
        super().__init__()
        channels = base_width
        self.conv1 = nn.Conv2d(3, channels, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        stages = []
        for number, blocks in enumerate(layers):
            width = base_width * 2**number
            stage = []
            for i in range(blocks):
                stage.append(Bottleneck(channels, width, stride=2 if number > 0 and i == 0 else 1))
                channels = 4 * width
            stages.append(nn.Sequential(*stage))
        self.stages = nn.Sequential(*stages)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.avgpool(self.stages(x))
        return self.fc(torch.flatten(x, 1))


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [layers, num_classes]
