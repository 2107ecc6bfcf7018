"""The first layer of AlexNet: 96 filters of 11 x 11 on colour images, at every fourth pixel:
out[b, o, h, w] = conv1.bias[o] + sum over c, i, j of x[b, c, 4 * h - 2 + i, 4 * w - 2 + j] * conv1.weight[o, c, i, j],
0 outside the image.

x: float32 [batch_size, 3, image_size, image_size], uniform in [0, 1). conv1.weight: float32 [96, 3, 11, 11].
conv1.bias: float32 [96]. out: float32 [batch_size, 96, out_size, out_size], out_size = (image_size - 7) // 4 + 1
(stride 4, padding 2). The constructor's num_classes is ignored.
Three channels and large windows: 363 products an output, 54 billion operations at full size. KernelBench L1/50.
"""

import torch
import torch.nn as nn

batch_size = 256
image_size = 224
num_classes = 1000

PRESETS = {
    "small": {"batch_size": 2, "image_size": 54, "num_classes": 12},
    "odd": {"batch_size": 1, "image_size": 41, "num_classes": 7},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels=3, out_channels=96, kernel_size=11, stride=4, padding=2)

    def forward(self, x):
        return self.conv1(x)


def get_inputs():
    return [torch.rand(batch_size, 3, image_size, image_size)]


def get_init_inputs():
    return [num_classes]
