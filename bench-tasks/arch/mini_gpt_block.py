"""A GPT block: x = x + attention(ln_1(x)), then x = x + mlp(ln_2(x)).

x: float32 [batch_size, seq_len, n_embd], uniform in [0, 1). ln_1, ln_2: layer normalisation with weight (1) and bias
(0), eps 1e-5. attn.c_attn: Linear to 3 * n_embd, queries, keys and values side by side; attn.c_proj: Linear. attn.bias:
float32 [1, 1, max_seqlen, max_seqlen], ones on and below the diagonal. Each head of width n_embd / n_head:
softmax(q @ k^T / sqrt(width), -inf where attn.bias is 0) @ v. mlp: Linear to 4 * n_embd, GELU by tanh
(v / 2 * (1 + tanh(sqrt(2 / pi) * (v + 0.044715 * v^3)))), Linear back. Dropouts have probability 0. out: x's shape.
1 trillion operations in six products at full size, and the GELU as eight kernels over 768 MiB each in PyTorch.
KernelBench L3/44.
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
    "small": {"batch_size": 2, "max_seqlen": 28, "seq_len": 20, "n_embd": 44, "n_head": 4},
    "odd": {"batch_size": 1, "max_seqlen": 35, "seq_len": 33, "n_embd": 35, "n_head": 5},
    "full": {},
}


class Attention(nn.Module):
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
        mixed = self.attn_dropout(torch.softmax(scores, dim=-1)) @ v
        return self.resid_dropout(self.c_proj(mixed.transpose(1, 2).flatten(2)))


class Gelu(nn.Module):
    def forward(self, x):
        return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class Model(nn.Module):
    def __init__(self, n_embd, n_head, attn_pdrop, resid_pdrop, max_seqlen):
        super().__init__()
        self.ln_1 = nn.LayerNorm(n_embd)
        self.attn = Attention(n_embd, n_head, attn_pdrop, resid_pdrop, max_seqlen)
        self.ln_2 = nn.LayerNorm(n_embd)
        self.mlp = nn.Sequential(
            nn.Linear(n_embd, 4 * n_embd), Gelu(), nn.Linear(4 * n_embd, n_embd), nn.Dropout(resid_pdrop)
        )

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


def get_inputs():
    return [torch.rand(batch_size, seq_len, n_embd)]


def get_init_inputs():
    return [n_embd, n_head, attn_pdrop, resid_pdrop, max_seqlen]
