"""A deep multilayer perceptron: sixteen hidden layers of the same width, each a linear layer and ReLU, then a linear
layer.

x: float32 [batch_size, input_size], uniform in [0, 1). out: float32 [batch_size, output_size]. Layers lie in `network`,
linear ones at even places (network.0.weight, network.2.weight, …).
17 products in a row, 67 billion operations at full size; the 4 MiB between hidden layers stay in the second-level
cache.

Strict variant of arch/deep_narrow_mlp. Published weights make the signal shrink layer by layer, until results are
nearly the last bias and half-precision arithmetic is within the tolerance; here matrices and filters start with He's
normal weights, which keep its size.
"""

import torch
import torch.nn as nn

batch_size = 1024
input_size = 8192
hidden_layer_sizes = [1024] * 16
output_size = 8192

PRESETS = {
    "small": {
        "batch_size": 5,
        "input_size": 76,
        "hidden_layer_sizes": [36, 44, 36, 44, 36, 44, 36, 44, 36, 44, 36, 44, 36, 44, 36, 44],
        "output_size": 68,
    },
    "odd": {
        "batch_size": 3,
        "input_size": 67,
        "hidden_layer_sizes": [33, 35, 33, 35, 33, 35, 33, 35, 33, 35, 33, 35, 33, 35, 33, 35],
        "output_size": 41,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_layer_sizes, output_size):
        super().__init__()
        layers = []
        width = input_size
        for hidden in hidden_layer_sizes:
            layers += [nn.Linear(width, hidden), nn.ReLU()]
            width = hidden
        self.network = nn.Sequential(*layers, nn.Linear(width, output_size))
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x):
        return self.network(x)


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_layer_sizes, output_size]
