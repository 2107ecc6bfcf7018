"""Causal multi-head self-attention as in minGPT, written out.

x: float32 [batch_size, seq_len, n_embd], uniform in [0, 1). c_attn: Linear to 3 * n_embd, queries, keys and values side
by side; c_proj: Linear n_embd to n_embd. bias: float32 [1, 1, max_seqlen, max_seqlen], ones on and below the diagonal.
Each head of width n_embd / n_head: softmax(q @ k^T / sqrt(width), -inf where bias is 0) @ v; heads side by side through
c_proj. out: float32 [batch_size, seq_len, n_embd]. Dropouts have probability 0.
PyTorch writes the scores five times, 1 GiB each at full size; a kernel that keeps them on the chip also skips the
masked half. KernelBench L3/43.
"""

import math

import torch
import torch.nn as nn

batch_size = 128
max_seqlen = 1024
seq_len = 512
n_embd = 768
n_head = 8
attn_pdrop = 0.0
resid_pdrop = 0.0

PRESETS = {
    "small": {"batch_size": 2, "max_seqlen": 36, "seq_len": 20, "n_embd": 60, "n_head": 5},
    "odd": {"batch_size": 1, "max_seqlen": 39, "seq_len": 37, "n_embd": 33, "n_head": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, n_embd, n_head, attn_pdrop, resid_pdrop, max_seqlen):
        super().__init__()
        self.n_head = n_head
        self.c_attn = nn.Linear(n_embd, 3 * n_embd)
        self.c_proj = nn.Linear(n_embd, n_embd)
        self.attn_dropout = nn.Dropout(attn_pdrop)
        self.resid_dropout = nn.Dropout(resid_pdrop)
        self.register_buffer("bias", torch.tril(torch.ones(max_seqlen, max_seqlen))[None, None])

    def forward(self, x):
        length = x.size(1)
        q, k, v = (t.unflatten(-1, (self.n_head, -1)).transpose(1, 2) for t in self.c_attn(x).chunk(3, dim=-1))
        scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        scores = scores.masked_fill(self.bias[:, :, :length, :length] == 0, float("-inf"))
        weights = self.attn_dropout(torch.softmax(scores, dim=-1))
        mixed = (weights @ v).transpose(1, 2).flatten(2)
        return self.resid_dropout(self.c_proj(mixed))


def get_inputs():
    return [torch.rand(batch_size, seq_len, n_embd)]


def get_init_inputs():
    return [n_embd, n_head, attn_pdrop, resid_pdrop, max_seqlen]
