"""A linear layer, a factor, doubled, limits, log-sum-exp of each row, times its own Mish:
s[b] = log(sum over h of exp(clamp(2 * 2 * matmul(x)[b, h], -10, 10))), out = s * mish(s), mish(t) = t * tanh(log(1 +
e^t)).

x: float32 [batch_size, input_size], uniform in [0, 1). matmul: Linear with bias. out: float32 [batch_size, 1]; s is
near log(hidden_size), 9 or 10 at full size, where mish(s) is s: the result is about its square.
Sums of exponentials alone leave the tiles of 137 billion operations. KernelBench L2/22.
"""

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
        self.scale_factor = scale_factor
        self.clamp_min = clamp_min
        self.clamp_max = clamp_max

    def forward(self, x):
        x = self.matmul(x) * self.scale_factor
        x = torch.clamp(x + x, self.clamp_min, self.clamp_max)
        x = torch.logsumexp(x, dim=1, keepdim=True)
        return x * nn.functional.mish(x)


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size, scale_factor, clamp_min, clamp_max]
