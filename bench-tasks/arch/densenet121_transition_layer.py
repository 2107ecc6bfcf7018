"""The layer between two dense blocks: batch normalisation, ReLU, a 1 x 1 convolution without bias, means of 2 x 2
tiles.

x: float32 [batch_size, num_input_features, height, width], uniform in [0, 1). transition.0: mean and biased variance a
channel over the batch, eps 1e-5, weight (1) and bias (0). transition.2: Conv2d. out: float32
[batch_size, num_output_features, height // 2, width // 2]. Forward also moves transition.0.running_mean, .running_var
and .num_batches_tracked.
The mean may come before the convolution, which then has a quarter of its 34 billion operations at full size: 1 GiB is
read for the statistics, once more for the result. KernelBench L3/13.
"""

import torch
import torch.nn as nn

batch_size = 128
num_input_features = 32
num_output_features = 64
height, width = 256, 256

PRESETS = {
    "small": {"batch_size": 2, "num_input_features": 12, "num_output_features": 20, "height": 9, "width": 20},
    "odd": {"batch_size": 3, "num_input_features": 5, "num_output_features": 7, "height": 11, "width": 13},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, num_input_features, num_output_features):
        super().__init__()
        self.transition = nn.Sequential(
            nn.BatchNorm2d(num_input_features),
            nn.ReLU(inplace=True),
            nn.Conv2d(num_input_features, num_output_features, kernel_size=1, bias=False),
            nn.AvgPool2d(kernel_size=2, stride=2),
        )

    def forward(self, x):
        return self.transition(x)


def get_inputs():
    return [torch.rand(batch_size, num_input_features, height, width)]


def get_init_inputs():
    return [num_input_features, num_output_features]
