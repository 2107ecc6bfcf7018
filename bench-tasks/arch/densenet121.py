"""DenseNet-121 in a form without bottlenecks: a 7 x 7 convolution, then dense blocks of 6, 12, 24 and 16 layers with
transitions between them.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). A layer of a dense block normalises all channels
so far over the batch (biased variance, eps 1e-5), applies ReLU and a 3 x 3 convolution to growth_rate new channels; a
transition normalises, applies ReLU, halves channels by a 1 x 1 convolution and pixels by 2 x 2 means. No convolution
has a bias. After the last block: norm, ReLU, the mean of each channel, a linear layer. out: float32
[batch_size, num_classes]. Forward also moves every norm's running_mean, running_var and num_batches_tracked.
63 norms over the batch, each a pass of its own over all channels, and as many small convolutions: launches, copies of
concatenated channels and statistics outweigh the arithmetic. KernelBench L3/15.
"""

import torch
import torch.nn as nn

batch_size = 10
image_size = 224
growth_rate = 32
num_classes = 10
stem_channels = 64
block_layers = [6, 12, 24, 16]

PRESETS = {
    "small": {"batch_size": 3, "image_size": 68, "growth_rate": 4, "num_classes": 12, "stem_channels": 12},
    "odd": {"batch_size": 3, "image_size": 65, "growth_rate": 3, "num_classes": 7, "stem_channels": 9},
    "full": {},
}


class DenseBlock(nn.Module):
    def __init__(self, num_layers, channels, growth_rate):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(channels + i * growth_rate),
                nn.ReLU(inplace=True),
                nn.Conv2d(channels + i * growth_rate, growth_rate, kernel_size=3, padding=1, bias=False),
                nn.Dropout(0.0),
            )
            for i in range(num_layers)
        )

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat((x, layer(x)), dim=1)
        return x


def transition(channels):
    return nn.Sequential(
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
        nn.Conv2d(channels, channels // 2, kernel_size=1, bias=False),
        nn.AvgPool2d(kernel_size=2, stride=2),
    )


class Model(nn.Module):
    def __init__(self, growth_rate, num_classes):
        super().__init__()
        channels = stem_channels
        self.stem = nn.Sequential(
            nn.Conv2d(3, channels, kernel_size=7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        )
        self.blocks = nn.ModuleList()
        self.transitions = nn.ModuleList()
        for i, num_layers in enumerate(block_layers):
            self.blocks.append(DenseBlock(num_layers, channels, growth_rate))
            channels += num_layers * growth_rate
            if i < len(block_layers) - 1:
                self.transitions.append(transition(channels))
                channels //= 2
        self.final_norm = nn.BatchNorm2d(channels)
        self.classifier = nn.Linear(channels, num_classes)

    def forward(self, x):
        x = self.blocks[0](self.stem(x))
        for shrink, block in zip(self.transitions, self.blocks[1:]):
            x = block(shrink(x))
        x = torch.relu(self.final_norm(x))
        x = nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.classifier(x)


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [growth_rate, num_classes]
