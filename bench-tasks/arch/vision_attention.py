"""Self-attention over the pixels of an image, the image added, layer normalisation over channels.

x: float32 [batch_size, embed_dim, height, width], uniform in [0, 1); its pixels are the sequence. attn.in_proj_weight:
float32 [3 * embed_dim, embed_dim], the query, key and value projections one above the other; attn.in_proj_bias,
attn.out_proj likewise. Each head of width embed_dim / num_heads: softmax(q @ k^T / sqrt(width)) @ v. norm: weight (1)
and bias (0) a channel, eps 1e-5. out: float32, x's shape.
16384 pixels at full size attend to each other: 8 GiB of scores unless they stay on the chip, 0.3 trillion operations.
Pixels are contiguous, channels are not: each step turns the image round or reads it so. KernelBench L3/31.
"""

import torch
import torch.nn as nn

batch_size = 2
embed_dim = 128
num_heads = 4
height, width = 128, 128

PRESETS = {
    "small": {"batch_size": 2, "embed_dim": 20, "height": 6, "width": 10},
    "odd": {"batch_size": 1, "embed_dim": 15, "num_heads": 3, "height": 5, "width": 9},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(embed_dim, num_heads)
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, x):
        pixels = x.flatten(2).permute(2, 0, 1)
        attended, _ = self.attn(pixels, pixels, pixels)
        pixels = self.norm(attended + pixels)
        return pixels.permute(1, 2, 0).view(x.shape)


def get_inputs():
    return [torch.rand(batch_size, embed_dim, height, width)]


def get_init_inputs():
    return [embed_dim, num_heads]
