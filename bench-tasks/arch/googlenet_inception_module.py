"""An Inception module: four views of the same image side by side: 1 x 1; 1 x 1 then 3 x 3; 1 x 1 then 5 x 5; maxima of
3 x 3 windows then 1 x 1. No activation between them.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). All convolutions have a bias and keep the size.
out: float32 [batch_size, out_1x1 + out_3x3 + out_5x5 + pool_proj, height, width], the branches in this order.
Three branches read x through a 1 x 1 convolution: one product with the weights stacked reads it once, and each branch
writes its own channels of the output. 377 billion operations on 2 GiB at full size. KernelBench L3/6.
"""

import torch
import torch.nn as nn

batch_size = 10
height, width = 224, 224
in_channels = 480
out_1x1 = 192
reduce_3x3 = 96
out_3x3 = 208
reduce_5x5 = 16
out_5x5 = 48
pool_proj = 64

PRESETS = {
    "small": {
        "batch_size": 2,
        "height": 9,
        "width": 12,
        "in_channels": 12,
        "out_1x1": 12,
        "reduce_3x3": 6,
        "out_3x3": 20,
        "reduce_5x5": 4,
        "out_5x5": 12,
        "pool_proj": 4,
    },
    "odd": {
        "batch_size": 1,
        "height": 7,
        "width": 11,
        "in_channels": 15,
        "out_1x1": 7,
        "reduce_3x3": 5,
        "out_3x3": 9,
        "reduce_5x5": 3,
        "out_5x5": 7,
        "pool_proj": 5,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj):
        super().__init__()
        self.branch1x1 = nn.Conv2d(in_channels, out_1x1, kernel_size=1)
        self.branch3x3 = nn.Sequential(
            nn.Conv2d(in_channels, reduce_3x3, kernel_size=1),
            nn.Conv2d(reduce_3x3, out_3x3, kernel_size=3, padding=1),
        )
        self.branch5x5 = nn.Sequential(
            nn.Conv2d(in_channels, reduce_5x5, kernel_size=1),
            nn.Conv2d(reduce_5x5, out_5x5, kernel_size=5, padding=2),
        )
        self.branch_pool = nn.Sequential(
            nn.MaxPool2d(kernel_size=3, stride=1, padding=1),
            nn.Conv2d(in_channels, pool_proj, kernel_size=1),
        )

    def forward(self, x):
        branches = (self.branch1x1, self.branch3x3, self.branch5x5, self.branch_pool)
        return torch.cat([branch(x) for branch in branches], dim=1)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj]
