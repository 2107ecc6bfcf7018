"""A transposed convolution of volumes that doubles each axis, layer normalisation along the innermost axis, exact GELU,
a factor: out = gelu(layer_norm(conv_transpose(x))) * 2.

x: float32 [batch_size, in_channels, D, H, W], uniform in [0, 1). conv_transpose: ConvTranspose3d 4 x 4 x 4, stride 2,
padding 1, with bias. layer_norm: out_channels weights (1) and biases (0), meant for channels, but it runs over the last
axis: only sizes with 2 * W = out_channels work. Biased variance, eps 1e-5. out: float32
[batch_size, out_channels, 2 * D, 2 * H, 2 * W].
A row of 64 values is two of a warp's loads; 1 GiB is written at full size, 137 billion operations.

Strict variant of fuse/conv_transpose3d_layer_norm_gelu_scaling. The published factor is 1 and changes nothing; here it
is 2.
"""

import torch
import torch.nn as nn

batch_size = 32
in_channels = 32
out_channels = 64
D, H, W = 16, 32, 32
kernel_size = 4
stride = 2
padding = 1
bias = True
eps = 1e-5
scaling_factor = 2.0

PRESETS = {
    "small": {"batch_size": 1, "in_channels": 4, "out_channels": 20, "D": 3, "H": 3, "W": 10},
    "odd": {
        "batch_size": 1,
        "in_channels": 3,
        "out_channels": 13,
        "D": 3,
        "H": 3,
        "W": 7,
        "kernel_size": 3,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        bias=True,
        eps=1e-5,
        scaling_factor=1.0,
    ):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose3d(
            in_channels, out_channels, kernel_size, stride, padding, bias=bias
        )
        self.layer_norm = nn.LayerNorm(out_channels, eps=eps)
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = self.layer_norm(self.conv_transpose(x))
        return nn.functional.gelu(x) * self.scaling_factor


def get_inputs():
    return [torch.rand(batch_size, in_channels, D, H, W)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, stride, padding, bias, eps, scaling_factor]
