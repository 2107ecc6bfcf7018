"""A transposed convolution of volumes that doubles each axis, softmax across channels, sigmoid:
out[b, :, d, h, w] = sigmoid(softmax over o of conv_transpose(x)[b, o, d, h, w]).

x: float32 [batch_size, in_channels, D, H, W], uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x 3, stride 2,
padding 1, output padding 1, with bias. out: float32 [batch_size, out_channels, 2 * D, 2 * H, 2 * W], all a little over
1/2: with 64 channels a probability is near 1/64.
A voxel's channels lie 512 KiB apart: threads take neighbouring voxels and keep 64 values each. 29 billion operations
and 512 MiB written at full size. KernelBench L2/49.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 32
out_channels = 64
D, H, W = 16, 32, 32
kernel_size = 3
stride = 2
padding = 1
output_padding = 1

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 6, "D": 3, "H": 4, "W": 10},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 5, "D": 3, "H": 4, "W": 7, "output_padding": 0},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, bias=True):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, bias=bias
        )
        self.softmax = nn.Softmax(dim=1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        return self.sigmoid(self.softmax(self.conv_transpose(x)))


def get_inputs():
    return [torch.rand(batch_size, in_channels, D, H, W)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding]
