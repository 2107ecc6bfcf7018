"""Running sum along each row without the element itself: out[b, i] = x[b, 0] + … + x[b, i - 1], and 0 at i = 0.

x: float32 [batch_size, length], uniform in [0, 1). out: float32 [batch_size, length]. The last element of a row counts
nowhere.
PyTorch sums all but the last column and then copies the result beside a column of zeros: 16 GiB of traffic at full
size, where one scan that writes one place further needs 8. KernelBench L1/92.
"""

import torch
import torch.nn as nn

batch_size = 32768
length = 32768
dim = 1

PRESETS = {"small": {"batch_size": 3, "length": 8404}, "odd": {"batch_size": 1, "length": 777}, "full": {}}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        first = torch.zeros_like(x.select(self.dim, 0).unsqueeze(self.dim))
        sums = torch.cumsum(x.narrow(self.dim, 0, x.size(self.dim) - 1), dim=self.dim)
        return torch.cat((first, sums), dim=self.dim)


def get_inputs():
    return [torch.rand(batch_size, length)]


def get_init_inputs():
    return [dim]
