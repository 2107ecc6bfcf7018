"""One new token attends to a cache of keys and values: out = softmax(Q @ K_cache^T / sqrt(d_model)) @ V_cache, one head
of width d_model, no mask.

Q: float32 [batch, 1, d_model]; K_cache, V_cache: float32 [batch, cache_len, d_model]; all uniform in [0, 1). out:
float32 [batch, 1, d_model].
Each cache element is used once: 64 MiB are read at full size for a single output row, so that the cache must be split
among blocks and their partial softmaxes merged. Uniform positive inputs make all scores alike: the result is nearly the
mean of V_cache.
"""

import torch
import torch.nn as nn

batch = 1
cache_len = 2048
d_model = 4096

PRESETS = {
    "small": {"batch": 2, "cache_len": 300, "d_model": 132},
    "odd": {"batch": 1, "cache_len": 133, "d_model": 67},
    "full": {},
}


class Model(nn.Module):
    def forward(self, Q, K_cache, V_cache):
        return nn.functional.scaled_dot_product_attention(Q, K_cache, V_cache)


def get_inputs():
    return [torch.rand(batch, 1, d_model), torch.rand(batch, cache_len, d_model), torch.rand(batch, cache_len, d_model)]


def get_init_inputs():
    return []
