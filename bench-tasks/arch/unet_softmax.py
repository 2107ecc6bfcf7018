"""A U-Net with softmax in the place of ReLU: four halvings by maxima, a bottom, four doublings by transposed
convolutions, each of the latter laid beside what the same height had on the way down; a 1 x 1 convolution.

x: float32 [batch_size, in_channels, height, width], uniform in [0, 1); height and width are multiples of 16. At each
height, twice: a 3 x 3 convolution with bias and padding 1, batch normalisation (biased variance, eps 1e-5), softmax
along the width. Channels are `features` times 1, 2, 4, 8, 16 and back. out: float32 [batch_size, out_channels, height,
width]. Forward also moves every norm's running_mean, running_var and num_batches_tracked.
A row softmax after each norm: values near 1 / width, whose differences the next norm blows up again. KernelBench L3/45.
"""

import torch
import torch.nn as nn

batch_size = 8
in_channels = 8
out_channels = 4
height = 64
width = 512
features = 64

PRESETS = {
    "small": {"batch_size": 2, "in_channels": 4, "height": 32, "width": 48, "features": 2},
    "odd": {"batch_size": 1, "in_channels": 3, "out_channels": 5, "height": 48, "width": 80, "features": 3},
    "full": {},
}


def double(inputs, outputs):
    layers = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, kernel_size=3, padding=1), nn.BatchNorm2d(outputs), nn.Softmax(dim=-1)]
    return nn.Sequential(*layers)


class Model(nn.Module):
    def __init__(self, in_channels, out_channels, features):
        super().__init__()
        widths = [features * 2**i for i in range(5)]
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.encoders = nn.ModuleList(double(i, o) for i, o in zip([in_channels, *widths], widths[:4]))
        self.bottleneck = double(widths[3], widths[4])
        self.ups = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, kernel_size=2, stride=2) for w in widths[3::-1])
        self.decoders = nn.ModuleList(double(2 * w, w) for w in widths[3::-1])
        self.final_conv = nn.Conv2d(features, out_channels, kernel_size=1)

    def forward(self, x):
        passed = []
        for encoder in self.encoders:
            x = encoder(x)
            passed.append(x)
            x = self.pool(x)
        x = self.bottleneck(x)
        for up, decoder in zip(self.ups, self.decoders):
            x = decoder(torch.cat((up(x), passed.pop()), dim=1))
        return self.final_conv(x)


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, features]
