"""A linear layer, a factor, doubled, limits, log-sum-exp of each row, times its own Mish:
s[b] = log(sum over h of exp(clamp(2 * 2 * matmul(x)[b, h], -10, 10))), out = s * mish(s), mish(t) = t * tanh(log(1 +
e^t)).

x: float32 [batch_size, input_size], normal with a random standard deviation in [0, 1.5) a row. matmul: Linear with
bias. out: float32 [batch_size, 1].
Sums of exponentials alone leave the tiles of 137 billion operations.

Strict variant of fuse/matmul_scale_residual_add_clamp_log_sum_exp_mish. Published values stay within the limits and
logarithms are near 9, where Mish changes nothing; here the linear layer's bias starts at -log(hidden_size) / 4 and rows
have random widths, so that the lower limit acts and most logarithms lie between 0 and 7.
"""

import math

import torch
import torch.nn as nn

batch_size = 1024
input_size = 8192
hidden_size = 8192
scale_factor = 2.0
clamp_min = -10.0
clamp_max = 10.0

PRESETS = {
    "small": {"batch_size": 12, "input_size": 68, "hidden_size": 84},
    "odd": {"batch_size": 7, "input_size": 67, "hidden_size": 37},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, scale_factor, clamp_min, clamp_max):
        super().__init__()
        self.matmul = nn.Linear(input_size, hidden_size)
        nn.init.constant_(self.matmul.bias, -math.log(hidden_size) / (2 * scale_factor))
        self.scale_factor = scale_factor
        self.clamp_min = clamp_min
        self.clamp_max = clamp_max

    def forward(self, x):
        x = self.matmul(x) * self.scale_factor
        x = torch.clamp(x + x, self.clamp_min, self.clamp_max)
        x = torch.logsumexp(x, dim=1, keepdim=True)
        return x * nn.functional.mish(x)


def get_inputs():
    return [1.5 * torch.rand(batch_size, 1) * torch.randn(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size, scale_factor, clamp_min, clamp_max]
