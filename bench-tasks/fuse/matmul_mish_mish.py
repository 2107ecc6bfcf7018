"""A linear layer and Mish twice: out = mish(mish(linear(x))), mish(v) = v * tanh(log(1 + exp(v))).

x: float32 [batch_size, in_features], uniform in [0, 1). linear: Linear with bias. out: float32
[batch_size, out_features].
137 billion operations at full size; six transcendental functions an output in the epilogue. KernelBench L2/29.
"""

import torch
import torch.nn as nn

batch_size = 1024
in_features = 8192
out_features = 8192

PRESETS = {
    "small": {"batch_size": 5, "in_features": 108, "out_features": 68},
    "odd": {"batch_size": 3, "in_features": 129, "out_features": 41},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        x = nn.functional.mish(self.linear(x))
        return nn.functional.mish(x)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features]
