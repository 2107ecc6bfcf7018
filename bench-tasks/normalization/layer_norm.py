"""Layer normalisation over the last three dimensions, with a learned weight and bias an element.

x: float32 [batch, features, height, width], uniform in [0, 1). For each sample, over all features * height * width
elements: out = (x - mean) / sqrt(variance + 1e-5) * ln.weight + ln.bias, with the biased variance (divided by the
count). ln.weight is 1 and ln.bias is 0 at the start, both float32 [features, height, width]. out has x's shape.
One sample at full size has 4 million elements: more than a block can hold, and too few samples (64) to fill a GPU with
one block each. KernelBench L1/40 (batch 16 there).
"""

import torch
import torch.nn as nn

batch = 64
features = 64
height = 256
width = 256

PRESETS = {
    "small": {"batch": 3, "features": 5, "height": 17, "width": 12},
    "odd": {"batch": 1, "features": 3, "height": 7, "width": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, normalized_shape):
        super().__init__()
        self.ln = nn.LayerNorm(normalized_shape)

    def forward(self, x):
        return self.ln(x)


def get_inputs():
    return [torch.rand(batch, features, height, width)]


def get_init_inputs():
    return [(features, height, width)]
