"""A transposed convolution of volumes, batch normalisation, the mean of each sample's channel subtracted:
v = batch_norm(conv_transpose(x)), out = v - mean over d, h, w of v.

x: float32 [batch_size, in_channels, depth, height, width], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x
3, stride 2, padding 1, with bias (which the norm takes away again); each axis n becomes 2 * n - 1. batch_norm: mean and
biased variance a channel over the batch, eps 1e-5, weight (1) and bias (0). out: float32 [batch_size, out_channels, …].
Forward also moves batch_norm.running_mean, .running_var and .num_batches_tracked.
Sums and squares a sample and channel in one pass give both means and the variance; 240 MiB of results at full size are
then read once more. KernelBench L2/15.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 16
out_channels = 32
depth, height, width = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 6, "depth": 3, "height": 4, "width": 7},
    "odd": {"batch_size": 3, "in_channels": 3, "out_channels": 5, "depth": 3, "height": 3, "width": 6},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, bias=True):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, bias=bias
        )
        self.batch_norm = nn.BatchNorm3d(out_channels)

    def forward(self, x):
        x = self.batch_norm(self.conv_transpose(x))
        return x - torch.mean(x, dim=(2, 3, 4), keepdim=True)


def get_inputs():
    return [torch.rand(batch_size, in_channels, depth, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding]
