"""Multi-head self-attention in which position i sees only the positions i - window_size to i + window_size - 1.

x: float32 [batch_size, seq_len, d_model], uniform in [0, 1). mha.in_proj_weight: float32 [3 * d_model, d_model], the
query, key and value projections one above the other; mha.in_proj_bias: float32 [3 * d_model]; mha.out_proj: Linear.
attn_mask: bool [max_seq_len, max_seq_len], true (hidden) outside the band; its first seq_len rows and columns count.
Each head of width d_model / num_heads: softmax(q @ k^T / sqrt(width), hidden scores -inf) @ v; heads side by side go
through mha.out_proj. out: float32 [batch_size, seq_len, d_model].
The band needs half of the 128 x 128 scores at full size; the projections are most of the work all the same.
"""

import torch
import torch.nn as nn

batch_size = 16
seq_len = 128
d_model = 512
num_heads = 4
window_size = 32
max_seq_len = 4096

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 108, "d_model": 36, "num_heads": 3, "window_size": 12, "max_seq_len": 124},
    "odd": {"batch_size": 1, "seq_len": 37, "d_model": 33, "num_heads": 3, "window_size": 5, "max_seq_len": 39},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model, num_heads, window_size, max_seq_len=max_seq_len):
        super().__init__()
        self.mha = nn.MultiheadAttention(d_model, num_heads, batch_first=True)
        position = torch.arange(max_seq_len)
        ahead = position[None, :] - position[:, None]
        hidden = (ahead < -window_size) | (ahead >= window_size)
        self.register_buffer("attn_mask", hidden, persistent=False)

    def forward(self, x):
        length = x.size(1)
        out, _ = self.mha(x, x, x, attn_mask=self.attn_mask[:length, :length])
        return out


def get_inputs():
    return [torch.rand(batch_size, seq_len, d_model)]


def get_init_inputs():
    return [d_model, num_heads, window_size]
