"""A few drafted tokens attend to a cache of keys and values at once:
out[b] = softmax(Q[b] @ K_cache[b]^T / sqrt(d_model)) @ V_cache[b], one head of width d_model, no mask among the drafts.

Q: float32 [batch, drafts, d_model]; K_cache, V_cache: float32 [batch, cache_len, d_model]; all uniform in [0, 1). out:
float32 [batch, drafts, d_model].
Four queries share each read of the cache (256 MiB at full size): still bound by memory, if they are taken together.
"""

import torch
import torch.nn as nn

batch = 2
drafts = 4
cache_len = 4096
d_model = 4096

PRESETS = {
    "small": {"batch": 2, "drafts": 4, "cache_len": 276, "d_model": 76},
    "odd": {"batch": 1, "drafts": 3, "cache_len": 97, "d_model": 65},
    "full": {},
}


class Model(nn.Module):
    def forward(self, Q, K_cache, V_cache):
        return nn.functional.scaled_dot_product_attention(Q, K_cache, V_cache)


def get_inputs():
    return [
        torch.rand(batch, drafts, d_model),
        torch.rand(batch, cache_len, d_model),
        torch.rand(batch, cache_len, d_model),
    ]


def get_init_inputs():
    return []
