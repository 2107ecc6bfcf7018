"""A plain convolutional network by the name of RegNet: three stages of two 3 x 3 convolutions, each with batch
normalisation and ReLU, then 2 x 2 maxima; the mean of each channel; a linear layer.

x: float32 [batch_size, input_channels, image_height, image_width], uniform in [0, 1). Convolutions have a bias, which
the norm takes away again. Norms run over the batch (biased variance, eps 1e-5, weight 1, bias 0). out: float32
[batch_size, output_classes]. Forward also moves every norm's running_mean, running_var and num_batches_tracked.
120 billion operations at full size; the second convolution, at 64 channels and full resolution, needs statistics of
98 MiB before its maxima can be taken. KernelBench L3/27.
"""

import torch
import torch.nn as nn

batch_size = 8
input_channels = 3
image_height, image_width = 224, 224
stages = 3
block_widths = [64, 128, 256]
output_classes = 10

PRESETS = {
    "small": {"batch_size": 2, "image_height": 20, "image_width": 28, "block_widths": [6, 12, 20]},
    "odd": {
        "batch_size": 1,
        "image_height": 21,
        "image_width": 27,
        "block_widths": [5, 7, 9],
        "output_classes": 7,
    },
    "full": {},
}


def stage(inputs, outputs):
    layers = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, kernel_size=3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.MaxPool2d(kernel_size=2, stride=2))


class Model(nn.Module):
    def __init__(self, input_channels, stages, block_widths, output_classes):
        super().__init__()
        widths = [input_channels, *block_widths[:stages]]
        self.feature_extractor = nn.Sequential(*(stage(i, o) for i, o in zip(widths, widths[1:])))
        self.fc = nn.Linear(block_widths[-1], output_classes)

    def forward(self, x):
        x = torch.mean(self.feature_extractor(x), dim=(2, 3))
        return self.fc(x)


def get_inputs():
    return [torch.rand(batch_size, input_channels, image_height, image_width)]


def get_init_inputs():
    return [input_channels, stages, block_widths, output_classes]
