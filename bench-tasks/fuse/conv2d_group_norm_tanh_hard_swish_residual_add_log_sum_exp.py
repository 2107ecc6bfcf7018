"""A 3 x 3 convolution v = conv(x); h = hardswish(tanh(group_norm(v))); then across channels
out = log(sum over o of exp(v + h)), hardswish(t) = t * min(6, max(0, t + 3)) / 6.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv: Conv2d with bias, no padding. group_norm:
`groups` groups of channels, biased variance, eps 1e-5, weight (1) and bias (0) a channel. out: float32
[batch_size, 1, height - 2, width - 2].
Two reductions across each other: statistics over the pixels of a group, then a sum over the channels of a pixel.
KernelBench L2/92.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 128, 128
kernel_size = 3
groups = 16

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 12, "height": 12, "width": 14, "groups": 4},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 15, "height": 11, "width": 15, "groups": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, groups, eps=1e-5):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.group_norm = nn.GroupNorm(groups, out_channels, eps=eps)
        self.tanh = nn.Tanh()
        self.hard_swish = nn.Hardswish()

    def forward(self, x):
        convolved = self.conv(x)
        x = self.hard_swish(self.tanh(self.group_norm(convolved)))
        return torch.logsumexp(convolved + x, dim=1, keepdim=True)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, groups]
