"""One inverted bottleneck: channels widened by a 1 x 1 convolution, each convolved by itself (5 x 5 at stride 2),
narrowed by a 1 x 1 convolution; batch normalisation after each, ReLU6 after the first two.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). Norms: mean and biased variance a channel over
the batch, eps 1e-5. No convolution has a bias; the input would be added at stride 1 and equal channels. out: float32
[batch_size, out_channels, (height + 1) // 2, (width + 1) // 2]. Forward also moves each norm's running_mean,
running_var and num_batches_tracked.
The widened image takes 1.3 GiB at full size and is written, read for its statistics, and read by the depthwise step.
KernelBench L3/21.
"""

import torch
import torch.nn as nn

batch_size = 10
height, width = 224, 224
in_channels = 112
out_channels = 192
kernel_size = 5
stride = 2
expand_ratio = 6

PRESETS = {
    "small": {"batch_size": 2, "height": 10, "width": 20, "in_channels": 6, "out_channels": 12},
    "odd": {"batch_size": 1, "height": 9, "width": 15, "in_channels": 3, "out_channels": 7, "expand_ratio": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, expand_ratio):
        super().__init__()
        hidden = in_channels * expand_ratio
        self.residual = stride == 1 and in_channels == out_channels
        self.expand = nn.Sequential(
            nn.Conv2d(in_channels, hidden, kernel_size=1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6(inplace=True)
        )
        self.depthwise = nn.Sequential(
            nn.Conv2d(hidden, hidden, kernel_size, stride, (kernel_size - 1) // 2, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(inplace=True),
        )
        self.project = nn.Sequential(
            nn.Conv2d(hidden, out_channels, kernel_size=1, bias=False), nn.BatchNorm2d(out_channels)
        )

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return y + x if self.residual else y


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, expand_ratio]
