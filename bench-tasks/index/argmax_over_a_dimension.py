"""Index of the largest value along one dimension: out[b, c] = the r with the largest x[b, r, c], for dim = 1.

x: float32 [batch_size, dim1, dim2], uniform in [0, 1). out: int64 [batch_size, dim2], compared exactly; of equal values
PyTorch's CPU takes the first.
8 GiB are read at full size. dim2 = 4095 is odd: no row but each fourth starts at a 16-byte boundary. KernelBench L1/51.
"""

import torch
import torch.nn as nn

batch_size = 128
dim1 = 4096
dim2 = 4095
reduce_dim = 1

PRESETS = {
    "small": {"batch_size": 3, "dim1": 1060, "dim2": 68},
    "odd": {"batch_size": 1, "dim1": 67, "dim2": 61},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.argmax(x, dim=self.dim)


def get_inputs():
    return [torch.rand(batch_size, dim1, dim2)]


def get_init_inputs():
    return [reduce_dim]
