"""Multi-head self-attention in which a position sees itself and those before it.

x: float32 [batch_size, seq_len, d_model], uniform in [0, 1). mha.in_proj_weight: float32 [3 * d_model, d_model], the
query, key and value projections one above the other; mha.in_proj_bias: float32 [3 * d_model]; mha.out_proj: Linear.
causal_mask: bool [max_seq_len, max_seq_len], true (hidden) above the diagonal; its first seq_len rows and columns
count. Each head of width d_model / num_heads: softmax(q @ k^T / sqrt(width), hidden scores -inf) @ v; heads side by
side go through mha.out_proj. out: float32 [batch_size, seq_len, d_model].
At full size sequences are short (64): the four projections are the time, and scores fit a block.
"""

import torch
import torch.nn as nn

batch_size = 32
seq_len = 64
d_model = 512
num_heads = 4
max_seq_len = 4096

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 20, "d_model": 44, "num_heads": 4, "max_seq_len": 36},
    "odd": {"batch_size": 3, "seq_len": 13, "d_model": 33, "num_heads": 3, "max_seq_len": 17},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model, num_heads, max_seq_len=max_seq_len):
        super().__init__()
        self.mha = nn.MultiheadAttention(d_model, num_heads, batch_first=True)
        later = torch.triu(torch.ones(max_seq_len, max_seq_len, dtype=torch.bool), diagonal=1)
        self.register_buffer("causal_mask", later, persistent=False)

    def forward(self, x):
        length = x.size(1)
        out, _ = self.mha(x, x, x, attn_mask=self.causal_mask[:length, :length])
        return out


def get_inputs():
    return [torch.rand(batch_size, seq_len, d_model)]


def get_init_inputs():
    return [d_model, num_heads]
