"""Self-attention in which groups of query heads share a key and value head (num_heads / num_kv_heads to one).

x: float32 [batch_size, seq_len, d_model], uniform in [0, 1). q_proj, out_proj: Linear d_model to d_model; k_proj,
v_proj: Linear d_model to num_kv_heads * width, width = d_model / num_heads. Query head h uses key and value head
h // (num_heads / num_kv_heads): softmax(q @ k^T / sqrt(width)) @ v, heads side by side through out_proj. out: float32
[batch_size, seq_len, d_model].
PyTorch repeats keys and values in memory; a kernel reads the shared head in place. The projections are most of the 6
billion operations at full size.
"""

import math

import torch
import torch.nn as nn

batch_size = 8
seq_len = 128
d_model = 1024
num_heads = 16
num_kv_heads = 4

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 116, "d_model": 48, "num_heads": 4, "num_kv_heads": 2},
    "odd": {"batch_size": 1, "seq_len": 19, "d_model": 63, "num_heads": 9, "num_kv_heads": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.width)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.width)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x):
        batch, length, _ = x.shape
        shared = self.num_heads // self.num_kv_heads
        q = self.q_proj(x).view(batch, length, self.num_heads, self.width)
        k = self.k_proj(x).view(batch, length, self.num_kv_heads, self.width).repeat_interleave(shared, dim=2)
        v = self.v_proj(x).view(batch, length, self.num_kv_heads, self.width).repeat_interleave(shared, dim=2)
        scores = torch.einsum("blhd,bmhd->bhlm", q, k) / math.sqrt(self.width)
        mixed = torch.einsum("bhlm,bmhd->blhd", torch.softmax(scores, dim=-1), v)
        return self.out_proj(mixed.reshape(batch, length, -1))


def get_inputs():
    return [torch.rand(batch_size, seq_len, d_model)]


def get_init_inputs():
    return [d_model, num_heads, num_kv_heads]
