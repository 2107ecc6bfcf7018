"""Attention without softmax: out = f(Q) @ (f(K)^T @ V) with f(x) = relu(x) + 1e-6, and no normaliser.

Q, K, V: float32 [batch_size, seq_len, d_model], standard normal. out: float32 [batch_size, seq_len, d_model], sums of
seq_len * d_model products.
f(K)^T @ V is a matrix d_model x d_model a sample. Two batched products, 17 billion operations at full size; f belongs
into their loads.

Strict variant of attention/linear_attention. Published queries and keys are positive, so that the ReLU never acts; of
normal ones half are negative.
"""

import torch
import torch.nn as nn

batch_size = 8
seq_len = 512
d_model = 1024

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 148, "d_model": 76},
    "odd": {"batch_size": 1, "seq_len": 35, "d_model": 33},
    "full": {},
}


class Model(nn.Module):
    def forward(self, Q, K, V):
        queries = torch.relu(Q) + 1e-6
        keys = torch.relu(K) + 1e-6
        state = torch.einsum("bkd,bkv->bdv", keys, V)
        return torch.einsum("bqd,bdv->bqv", queries, state)


def get_inputs():
    return [torch.randn(batch_size, seq_len, d_model) for _ in range(3)]


def get_init_inputs():
    return []
