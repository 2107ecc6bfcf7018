"""A wide multilayer perceptron: two hidden layers of 32768, each a linear layer and ReLU, then a linear layer.

x: float32 [batch_size, input_size], uniform in [0, 1). out: float32 [batch_size, output_size]. Layers lie in `network`:
network.0, network.2 and network.4 are linear.
2.1 billion parameters, 8 GiB, are read once at full size for 128 rows; an element's byte offset in network.2.weight
needs more than 31 bits. KernelBench L3/2.
"""

import torch
import torch.nn as nn

batch_size = 128
input_size = 16384
hidden_layer_sizes = [32768, 32768]
output_size = 16384

PRESETS = {
    "small": {"batch_size": 5, "input_size": 84, "hidden_layer_sizes": [140, 132], "output_size": 76},
    "odd": {"batch_size": 3, "input_size": 69, "hidden_layer_sizes": [131, 65], "output_size": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_layer_sizes, output_size):
        super().__init__()
        layers = []
        before = input_size
        for size in hidden_layer_sizes:
            layers.extend((nn.Linear(before, size), nn.ReLU()))
            before = size
        layers.append(nn.Linear(before, output_size))
        self.network = nn.Sequential(*layers)

    def forward(self, x):
        return self.network(x)


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_layer_sizes, output_size]
