"""A transposed convolution of volumes that doubles each axis, a second input added, v times its own hard swish:
v = conv_transpose(x) + add_input, out = v * hardswish(v) = v^2 * min(6, max(0, v + 3)) / 6.

x: float32 [batch_size, in_channels, D, H, W], add_input: float32 [batch_size, out_channels, 2 * D, 2 * H, 2 * W], both
uniform in [0, 1). conv_transpose: ConvTranspose3d 3 x 3 x 3, stride 2, padding 1, output padding 1, with bias. bias:
float32 [out_channels, 1, 1, 1, 1], standard normal, a parameter that nothing uses. out: add_input's shape.
2 GiB of traffic at full size for the addend and the result alone; 58 billion operations. KernelBench L2/26.
"""

import torch
import torch.nn as nn

batch_size = 128
in_channels = 32
out_channels = 64
D, H, W = 16, 16, 16
kernel_size = 3
stride = 2
padding = 1
output_padding = 1
bias_shape = (out_channels, 1, 1, 1, 1)

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "out_channels": 6, "D": 3, "H": 4, "W": 10},
    "odd": {"batch_size": 1, "in_channels": 5, "out_channels": 3, "D": 3, "H": 3, "W": 7},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, output_padding
        )
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x, add_input):
        x = self.conv_transpose(x) + add_input
        return x * nn.functional.hardswish(x)


def get_inputs():
    doubled = (D * stride, H * stride, W * stride)
    return [torch.rand(batch_size, in_channels, D, H, W), torch.rand(batch_size, out_channels, *doubled)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape]
