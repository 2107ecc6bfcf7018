"""A transformer over two tokens: a class token and one token for the whole image, which a convolution over patches and
a linear layer over all of its output make.

x: float32 [batch_size, in_channels, image_size, image_size], uniform in [0, 1). cls_token: float32 [1, 1, embed_dim],
zeros. Each of num_layers layers, normalising after each step: x = norm1(x + attention(x)),
x = norm2(x + linear2(relu(linear1(x)))), heads of embed_dim / num_heads, hidden width mlp_ratio * embed_dim, no
dropout. out: float32 [batch_size, num_classes], a linear map of the class token.
2.4 million parameters and sequences of 2: six layers of launches, each far too small for a GPU. KernelBench L3/32.
"""

import torch
import torch.nn as nn

batch_size = 10
num_classes = 1000
embed_dim = 128
num_heads = 4
num_layers = 6
patch_size = 4
in_channels = 3
image_size = 32

PRESETS = {
    "small": {"batch_size": 3, "num_classes": 12, "embed_dim": 20, "image_size": 12, "num_layers": 3},
    "odd": {
        "batch_size": 1,
        "num_classes": 7,
        "embed_dim": 15,
        "num_heads": 3,
        "patch_size": 3,
        "image_size": 9,
        "num_layers": 3,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        num_classes,
        embed_dim,
        num_heads,
        num_layers=num_layers,
        mlp_ratio=4.0,
        patch_size=patch_size,
        in_channels=in_channels,
        image_size=image_size,
    ):
        super().__init__()
        patches = (image_size // patch_size) ** 2
        self.conv1 = nn.Conv2d(in_channels, embed_dim, kernel_size=patch_size, stride=patch_size)
        self.linear_proj = nn.Linear(embed_dim * patches, embed_dim)
        self.transformer_layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                embed_dim, num_heads, dim_feedforward=int(embed_dim * mlp_ratio), dropout=0.0, batch_first=True
            )
            for _ in range(num_layers)
        )
        self.cls_token = nn.Parameter(torch.zeros(1, 1, embed_dim))
        self.fc_out = nn.Linear(embed_dim, num_classes)

    def forward(self, x):
        image = self.linear_proj(self.conv1(x).flatten(start_dim=1))
        tokens = torch.cat((self.cls_token.expand(x.size(0), -1, -1), image.unsqueeze(1)), dim=1)
        for layer in self.transformer_layers:
            tokens = layer(tokens)
        return self.fc_out(tokens[:, 0])


def get_inputs():
    return [torch.rand(batch_size, in_channels, image_size, image_size)]


def get_init_inputs():
    return [num_classes, embed_dim, num_heads]
