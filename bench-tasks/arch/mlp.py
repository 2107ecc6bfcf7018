"""A multilayer perceptron: two hidden layers, each a linear layer and ReLU, then a linear layer.

x: float32 [batch_size, input_size], uniform in [0, 1). out: float32 [batch_size, output_size]. Layers lie in `network`:
network.0, network.2 and network.4 are linear.
2.5 GiB of weights are read at full size for 128 rows: 64 operations a byte, arithmetic and memory near balance.
KernelBench L3/1.
"""

import torch
import torch.nn as nn

batch_size = 128
input_size = 16384
layer_sizes = [16384, 16384]
output_size = 8192

PRESETS = {
    "small": {"batch_size": 7, "input_size": 132, "layer_sizes": [76, 68], "output_size": 36},
    "odd": {"batch_size": 5, "input_size": 101, "layer_sizes": [67, 35], "output_size": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, layer_sizes, output_size):
        super().__init__()
        sizes = [input_size, *layer_sizes]
        layers = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.network = nn.Sequential(*layers, nn.Linear(sizes[-1], output_size))

    def forward(self, x):
        return self.network(x)


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, layer_sizes, output_size]
