"""A transposed convolution of volumes, a factor, batch normalisation, the mean of each channel:
out[b, o] = mean over d, h, w of batch_norm(2 * conv_transpose(x))[b, o].

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1) times one random number in [0, 1) a
sample. conv_transpose: ConvTranspose3d 5 x 5 x 5, stride 1, with bias. batch_norm: mean and biased variance a channel
over the batch, eps 1e-5, weight and bias standard normal. out: float32 [batch_size, out_channels, 1, 1, 1]. Forward
also moves batch_norm.running_mean, .running_var and .num_batches_tracked.
537 billion operations at full size for 2048 numbers; only sums and squares a sample and channel are needed.

Strict variant of fuse/conv_transpose3d_scale_batch_norm_global_avg_pool. Published samples are alike, so that their
means differ little from the batch's and results are near 0, within the tolerance of half-precision arithmetic; here
each sample has a random width, and the norm's weight and bias are drawn.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 64
out_channels = 128
depth, height, width = 16, 32, 32
kernel_size = 5
scale_factor = 2.0

PRESETS = {
    "small": {"batch_size": 3, "in_channels": 4, "out_channels": 6, "depth": 3, "height": 4, "width": 8},
    "odd": {"batch_size": 5, "in_channels": 3, "out_channels": 5, "depth": 3, "height": 3, "width": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, scale_factor, eps=1e-5, momentum=0.1):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(in_channels, out_channels, kernel_size)
        self.scale_factor = scale_factor
        self.batch_norm = nn.BatchNorm3d(out_channels, eps=eps, momentum=momentum)
        nn.init.normal_(self.batch_norm.weight)
        nn.init.normal_(self.batch_norm.bias)
        self.global_avg_pool = nn.AdaptiveAvgPool3d((1, 1, 1))

    def forward(self, x):
        x = self.batch_norm(self.conv_transpose(x) * self.scale_factor)
        return self.global_avg_pool(x)


def get_inputs():
    width_of_sample = torch.rand(batch_size, 1, 1, 1, 1)
    return [width_of_sample * torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, scale_factor]
