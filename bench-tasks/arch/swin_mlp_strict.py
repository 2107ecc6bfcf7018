"""Swin-MLP: a pyramid of blocks that mix pixels within windows by a linear map of its own a head, in the place of
attention.

x: float32 [batch_size, in_chans, img_size, img_size], uniform in [0, 1). A convolution makes tokens of patches, a layer
norm follows. A block: tokens normalised over channels; windows of window_size x window_size tokens (in every second
block the grid is shifted by half a window, and zeros are laid around the image to fill it up); in each window and head
a linear map from tokens to tokens, the same for all channels of the head (spatial_mlp, a grouped Conv1d); added to the
input; then a perceptron of mlp_ratio times the width with exact GELU on normalised tokens, added too. Between stages 2
x 2 tokens are laid side by side, normalised, and mapped to twice the width. At last a norm, the mean over tokens, a
linear layer. Layer norms: eps 1e-5. drop_rate is 0; drop_path_rate has no effect. out: float32 [batch_size,
num_classes]. 89 billion operations at full size in small products; shifting, windowing and turning heads round are
copies in PyTorch and indices in a kernel.

Strict variant of arch/swin_mlp. The published model takes the mean over tokens by a pool, which ends in an operator
that changes nothing; here it is a mean.
"""

import torch
import torch.nn as nn

batch_size = 10
img_size = 224
patch_size = 4
in_chans = 3
num_classes = 1000
embed_dim = 96
depths = [2, 2, 6, 2]
num_heads = [3, 6, 12, 24]
window_size = 7

PRESETS = {
    "small": {"batch_size": 2, "img_size": 48, "patch_size": 2, "num_classes": 12, "embed_dim": 12, "window_size": 3},
    "odd": {"batch_size": 1, "img_size": 72, "patch_size": 3, "num_classes": 7, "embed_dim": 9, "window_size": 3},
    "full": {},
}


class Block(nn.Module):
    def __init__(self, dim, resolution, num_heads, window, shift, mlp_ratio, drop, norm_layer):
        super().__init__()
        if resolution <= window:
            window, shift = resolution, 0
        self.resolution, self.heads, self.window, self.shift = resolution, num_heads, window, shift
        tokens = num_heads * window**2
        hidden = int(dim * mlp_ratio)
        self.norm1 = norm_layer(dim)
        self.spatial_mlp = nn.Conv1d(tokens, tokens, kernel_size=1, groups=num_heads)
        self.norm2 = norm_layer(dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, hidden), nn.GELU(), nn.Dropout(drop), nn.Linear(hidden, dim), nn.Dropout(drop)
        )

    def forward(self, x):
        batch, _, channels = x.shape
        window, before = self.window, (self.window - self.shift) % self.window
        after = self.shift
        y = self.norm1(x).view(batch, self.resolution, self.resolution, channels)
        y = nn.functional.pad(y, (0, 0, before, after, before, after))
        grid = y.size(1) // window
        # Axes: batch, window row, row, window column, column, head, channel of the head.
        y = y.view(batch, grid, window, grid, window, self.heads, -1).permute(0, 1, 3, 5, 2, 4, 6)
        mixed = self.spatial_mlp(y.reshape(batch * grid**2, self.heads * window**2, -1))
        y = mixed.view(y.shape).permute(0, 1, 4, 2, 5, 3, 6).reshape(batch, grid * window, grid * window, channels)
        y = y[:, before : before + self.resolution, before : before + self.resolution]
        x = x + y.reshape(x.shape)
        return x + self.mlp(self.norm2(x))


class Merge(nn.Module):
    def __init__(self, resolution, dim, norm_layer):
        super().__init__()
        self.resolution = resolution
        self.norm = norm_layer(4 * dim)
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, x):
        half = self.resolution // 2
        # Order of the four: down the columns first.
        x = x.view(x.size(0), half, 2, half, 2, -1).permute(0, 1, 3, 4, 2, 5).flatten(3).flatten(1, 2)
        return self.reduction(self.norm(x))


class Model(nn.Module):
    def __init__(
        self,
        img_size=img_size,
        patch_size=patch_size,
        in_chans=in_chans,
        num_classes=num_classes,
        embed_dim=embed_dim,
        depths=depths,
        num_heads=num_heads,
        window_size=window_size,
        mlp_ratio=4.0,
        drop_rate=0.0,
        drop_path_rate=0.1,
        norm_layer=nn.LayerNorm,
        patch_norm=True,
        use_checkpoint=False,
    ):
        super().__init__()
        self.proj = nn.Conv2d(in_chans, embed_dim, kernel_size=patch_size, stride=patch_size)
        self.patch_norm = norm_layer(embed_dim) if patch_norm else nn.Identity()
        self.pos_drop = nn.Dropout(drop_rate)
        stages = []
        for i, (depth, heads) in enumerate(zip(depths, num_heads)):
            dim, resolution = embed_dim * 2**i, img_size // patch_size // 2**i
            for j in range(depth):
                shift = window_size // 2 if j % 2 else 0
                stages.append(Block(dim, resolution, heads, window_size, shift, mlp_ratio, drop_rate, norm_layer))
            if i < len(depths) - 1:
                stages.append(Merge(resolution, dim, norm_layer))
        self.stages = nn.Sequential(*stages)
        self.norm = norm_layer(dim)
        self.head = nn.Linear(dim, num_classes)

    def forward(self, x):
        x = self.patch_norm(self.proj(x).flatten(2).transpose(1, 2))
        x = self.norm(self.stages(self.pos_drop(x)))
        return self.head(x.mean(dim=1))


def get_inputs():
    return [torch.rand(batch_size, in_chans, img_size, img_size)]


def get_init_inputs():
    return []
