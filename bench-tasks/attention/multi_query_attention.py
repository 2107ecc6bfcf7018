"""Self-attention in which all query heads share one key and one value head; no mask.

x: float32 [batch_size, seq_len, d_model], uniform in [0, 1). q_proj, out_proj: Linear d_model to d_model; k_proj,
v_proj: Linear d_model to width = d_model / num_heads. Each head: softmax(q @ k^T / sqrt(width)) @ v, heads side by side
through out_proj. out: float32 [batch_size, seq_len, d_model].
PyTorch writes 4 GiB of scores at full size; with keys and values of one head (4 MiB) in the cache a kernel writes none.
1.1 trillion operations, half of them in the projections.
"""

import math

import torch
import torch.nn as nn

batch_size = 2
seq_len = 4096
d_model = 4096
num_heads = 32

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 148, "d_model": 60, "num_heads": 5},
    "odd": {"batch_size": 1, "seq_len": 35, "d_model": 33, "num_heads": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, self.width)
        self.v_proj = nn.Linear(d_model, self.width)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x):
        batch, length, _ = x.shape
        q = self.q_proj(x).view(batch, length, self.num_heads, self.width)
        k = self.k_proj(x).unsqueeze(2)
        v = self.v_proj(x).unsqueeze(2)
        scores = torch.einsum("bnhd,bkhd->bhnk", q, k) / math.sqrt(self.width)
        mixed = torch.einsum("bhnk,bkhd->bnhd", torch.softmax(scores, dim=-1), v)
        return self.out_proj(mixed.reshape(batch, length, -1))


def get_inputs():
    return [torch.rand(batch_size, seq_len, d_model)]


def get_init_inputs():
    return [d_model, num_heads]
