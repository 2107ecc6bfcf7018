"""Multi-head attention of one sequence to another: queries come from q, keys and values both from kv.

q: float32 [batch_size, q_len, d_model], kv: float32 [batch_size, kv_len, d_model], both uniform in [0, 1).
mha.in_proj_weight: float32 [3 * d_model, d_model], the query, key and value projections one above the other;
mha.in_proj_bias: float32 [3 * d_model]; mha.out_proj: Linear. Each head of width d_model / num_heads:
softmax(q @ k^T / sqrt(width)) @ v. out: float32 [batch_size, q_len, d_model].
Keys and values are one product of kv with two thirds of the weight; scores are small (64 x 128) at full size.
"""

import torch
import torch.nn as nn

batch_size = 16
q_len = 64
kv_len = 128
d_model = 512
num_heads = 8

PRESETS = {
    "small": {"batch_size": 2, "q_len": 44, "kv_len": 100, "d_model": 68, "num_heads": 4},
    "odd": {"batch_size": 1, "q_len": 11, "kv_len": 37, "d_model": 35, "num_heads": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.mha = nn.MultiheadAttention(d_model, num_heads, batch_first=True)

    def forward(self, q, kv):
        out, _ = self.mha(q, kv, kv)
        return out


def get_inputs():
    return [torch.rand(batch_size, q_len, d_model), torch.rand(batch_size, kv_len, d_model)]


def get_init_inputs():
    return [d_model, num_heads]
