"""A dense block: each layer (batch normalisation, ReLU, a 3 x 3 convolution without bias) sees all channels before it
and adds growth_rate more.

x: float32 [batch_size, num_input_features, height, width], uniform in [0, 1). Layer i normalises
num_input_features + i * growth_rate channels over the batch (biased variance, eps 1e-5). out: float32
[batch_size, num_input_features + num_layers * growth_rate, height, width], the input first. Forward also moves each
norm's running_mean, running_var and num_batches_tracked. Dropout has probability 0.
PyTorch copies all channels again for each layer; written in place they are never copied. 429 MiB out, 194 billion
operations at full size. KernelBench L3/14.
"""

import torch
import torch.nn as nn

batch_size = 10
num_input_features = 32
growth_rate = 32
num_layers = 6
height, width = 224, 224

PRESETS = {
    "small": {"batch_size": 2, "num_input_features": 6, "growth_rate": 4, "height": 9, "width": 12},
    "odd": {"batch_size": 1, "num_input_features": 3, "growth_rate": 3, "height": 7, "width": 11},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, num_layers, num_input_features, growth_rate):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(inplace=True),
                nn.Conv2d(channels, growth_rate, kernel_size=3, padding=1, bias=False),
                nn.Dropout(0.0),
            )
            for channels in range(num_input_features, num_input_features + num_layers * growth_rate, growth_rate)
        )

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat((x, layer(x)), dim=1)
        return x


def get_inputs():
    return [torch.rand(batch_size, num_input_features, height, width)]


def get_init_inputs():
    return [num_layers, num_input_features, growth_rate]
