"""Mean squared error over all elements: out = mean of (predictions - targets)^2.

predictions: float32 [batch_size, features], uniform in [0, 1) times one random number in [0, 1) for the whole tensor.
targets: float32 [batch_size, features], uniform in [0, 1). out: float32, 0-dim.
PyTorch writes the difference and the square back to memory, 24 GiB of traffic at full size; one kernel reads 8.
KernelBench L1/94.
"""

import torch
import torch.nn as nn

batch_size = 32768
features = 32768

PRESETS = {
    "small": {"batch_size": 9, "features": 684},
    "odd": {"batch_size": 5, "features": 515},
    "full": {},
}


class Model(nn.Module):
    def forward(self, predictions, targets):
        return torch.mean((predictions - targets) ** 2)


def get_inputs():
    scale = torch.rand(())
    return [torch.rand(batch_size, features) * scale, torch.rand(batch_size, features)]


def get_init_inputs():
    return []
