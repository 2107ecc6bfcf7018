"""Mean squared error over all elements: out = mean of (predictions - targets)^2.

predictions: float32 [batch_size, features], uniform in [0, 8) times one random number in [0, 1) for the whole tensor.
targets: float32 [batch_size, features], uniform in [0, 8). out: float32, 0-dim.
PyTorch writes the difference and the square back to memory, 24 GiB of traffic at full size; one kernel reads 8.

Strict variant of loss/mse_loss. The published loss is so small (below 1/3) that half-precision arithmetic is within the
tolerance; predictions and targets are eight times as wide here.
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
    return [8 * torch.rand(batch_size, features) * scale, 8 * torch.rand(batch_size, features)]


def get_init_inputs():
    return []
