"""GELU by tanh, as GPT-2 has it: out = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))), element by element.

x: float32 [batch_size, dim], uniform in [0, 1). out: float32 [batch_size, dim].
PyTorch makes eight kernels of the formula as written, each of which reads and writes 256 MiB; one fused kernel needs
512 MiB of traffic in all. KernelBench L1/88.
"""

import math

import torch
import torch.nn as nn

batch_size = 8192
dim = 8192

PRESETS = {"small": {"batch_size": 5, "dim": 412}, "odd": {"batch_size": 3, "dim": 257}, "full": {}}


class Model(nn.Module):
    def forward(self, x):
        inner = math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))
        return 0.5 * x * (1.0 + torch.tanh(inner))


def get_inputs():
    return [torch.rand(batch_size, dim)]


def get_init_inputs():
    return []
