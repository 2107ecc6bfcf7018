"""Attention over a long prompt, written out: scores = Q @ K^T / sqrt(d_model), out = softmax(scores) @ V, one head, no
mask.

Q, K, V: float32 [batch, seq_len, d_model], uniform in [0, 1). out: float32 [batch, seq_len, d_model]. At full size each
score is about 3072, give or take 20, before it is divided: in reduced precision the differences are lost.
13 trillion operations at full size; scores take 1 GiB, and each of the three steps after the first product reads and
writes them.
"""

import math

import torch
import torch.nn as nn

batch = 1
seq_len = 16384
d_model = 12288

PRESETS = {
    "small": {"batch": 1, "seq_len": 164, "d_model": 68},
    "odd": {"batch": 1, "seq_len": 43, "d_model": 67},
    "full": {},
}


class Model(nn.Module):
    def forward(self, Q, K, V):
        scores = torch.matmul(Q, K.transpose(-2, -1)) / math.sqrt(Q.size(-1))
        return torch.matmul(torch.softmax(scores, dim=-1), V)


def get_inputs():
    return [torch.rand(batch, seq_len, d_model) for _ in range(3)]


def get_init_inputs():
    return []
