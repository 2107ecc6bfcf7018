"""A transposed convolution, the mean of each channel, a bias a channel, log-sum-exp across channels, a factor:
out[b] = 10 * log(sum over o of exp(mean over h, w of conv_transpose(x)[b, o] + bias[o])).

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1). conv_transpose: ConvTranspose2d 3 x 3, stride 1,
with bias. bias: float32 [out_channels, 1, 1], standard normal. out: float32 [batch_size, 1].
Mean and convolution commute: the mean over the whole output is the sum of x a channel times the sum of the taps. 1 GiB
read and no convolution, where PyTorch computes 618 billion operations. KernelBench L2/42.
"""

import torch
import torch.nn as nn

batch_size = 16
in_channels = 64
out_channels = 128
height, width = 512, 512
kernel_size = 3
bias_shape = (out_channels, 1, 1)

PRESETS = {
    "small": {"batch_size": 5, "in_channels": 6, "out_channels": 20, "height": 8, "width": 20},
    "odd": {"batch_size": 3, "in_channels": 5, "out_channels": 17, "height": 7, "width": 15},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, bias_shape):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(in_channels, out_channels, kernel_size)
        self.bias = nn.Parameter(torch.randn(bias_shape))

    def forward(self, x):
        x = torch.mean(self.conv_transpose(x), dim=(2, 3), keepdim=True) + self.bias
        x = torch.logsumexp(x, dim=1, keepdim=True)
        return torch.sum(x, dim=(2, 3)) * 10.0


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, bias_shape]
