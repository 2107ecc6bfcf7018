"""Self-attention in which position i sees itself and the window_size positions before it.

x: float32 [batch_size, seq_len, d_model], uniform in [0, 1). q_proj, k_proj, v_proj, out_proj: Linear d_model to
d_model. Each head of width d_model / num_heads: softmax(q[i] @ k[j]^T / sqrt(width)) over j from max(0, i -
window_size) to i, times v; heads side by side go through out_proj. out: float32 [batch_size, seq_len, d_model].
PyTorch writes all 1 GiB of scores at full size, of which an eighth counts; a kernel that takes tiles of positions looks
at the band alone and keeps it on the chip. The projections, 69 billion operations, then dominate.
"""

import math

import torch
import torch.nn as nn

batch_size = 4
seq_len = 2048
d_model = 1024
num_heads = 16
window_size = 256

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 148, "d_model": 44, "num_heads": 4, "window_size": 36},
    "odd": {"batch_size": 1, "seq_len": 35, "d_model": 33, "num_heads": 3, "window_size": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model, num_heads, window_size):
        super().__init__()
        self.num_heads = num_heads
        self.window_size = window_size
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x):
        batch, length, d_model = x.shape
        heads = (batch, length, self.num_heads, d_model // self.num_heads)
        q, k, v = (project(x).view(heads) for project in (self.q_proj, self.k_proj, self.v_proj))
        position = torch.arange(length, device=x.device)
        ago = position[:, None] - position[None, :]
        hidden = (ago < 0) | (ago > self.window_size)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(heads[-1])
        weights = torch.softmax(scores.masked_fill(hidden, float("-inf")), dim=-1)
        mixed = torch.einsum("bhqk,bkhd->bqhd", weights, v)
        return self.out_proj(mixed.reshape(batch, length, d_model))


def get_inputs():
    return [torch.rand(batch_size, seq_len, d_model)]


def get_init_inputs():
    return [d_model, num_heads, window_size]
