"""Multi-head self-attention of a layer as PyTorch has it.

x: float32 [batch_size, seq_len, d_model], uniform in [0, 1). mha.in_proj_weight: float32 [3 * d_model, d_model], the
query, key and value projections one above the other; mha.in_proj_bias: float32 [3 * d_model]; mha.out_proj: Linear.
Each head of width d_model / num_heads: softmax(q @ k^T / sqrt(width)) @ v; heads side by side go through mha.out_proj.
out: float32 [batch_size, seq_len, d_model].
9 billion operations in the projections and 2 billion in the scores at full size, if scores never go to memory.
"""

import torch
import torch.nn as nn

batch_size = 16
seq_len = 256
d_model = 512
num_heads = 8

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 148, "d_model": 60, "num_heads": 5},
    "odd": {"batch_size": 1, "seq_len": 37, "d_model": 51, "num_heads": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.mha = nn.MultiheadAttention(d_model, num_heads, batch_first=True)

    def forward(self, x):
        out, _ = self.mha(x, x, x)
        return out


def get_inputs():
    return [torch.rand(batch_size, seq_len, d_model)]


def get_init_inputs():
    return [d_model, num_heads]
