"""Depthwise convolution with a kernel of 3 x 7: each channel by itself,
out[b, c, h, w] = sum over i, j of x[b, c, h + i, w + j] * conv2d.weight[c, 0, i, j].

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv2d.weight: float32 [in_channels, 1, 3, 7].
out: float32 [batch_size, in_channels, height - 2, width - 6] (stride 1, no padding, no bias).
The constructor's out_channels and groups are ignored: there are as many of both as input channels. 42 operations an
output against 8 bytes: memory decides, 1 GiB of traffic at full size, if neighbours share their windows.
KernelBench L1/85.
"""

import torch
import torch.nn as nn

batch_size = 32
in_channels = 128
out_channels = 128
kernel_size_h = 3
kernel_size_w = 7
width = 256
height = 128
stride_h = 1
stride_w = 1
padding_h = 0
padding_w = 0
dilation_h = 1
dilation_w = 1
groups = 128

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 5, "out_channels": 5, "groups": 5, "height": 14, "width": 44},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 3, "groups": 3, "height": 11, "width": 39},
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size_h,
        kernel_size_w,
        stride_h,
        stride_w,
        padding_h,
        padding_w,
        dilation_h,
        dilation_w,
        groups,
        bias=False,
    ):
        super().__init__()
        self.conv2d = nn.Conv2d(
            in_channels,
            in_channels,
            (kernel_size_h, kernel_size_w),
            stride=(stride_h, stride_w),
            padding=(padding_h, padding_w),
            dilation=(dilation_h, dilation_w),
            groups=in_channels,
            bias=bias,
        )

    def forward(self, x):
        return self.conv2d(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [
        in_channels,
        out_channels,
        kernel_size_h,
        kernel_size_w,
        stride_h,
        stride_w,
        padding_h,
        padding_w,
        dilation_h,
        dilation_w,
        groups,
    ]
