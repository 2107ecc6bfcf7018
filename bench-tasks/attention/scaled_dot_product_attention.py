"""Attention of many heads: out = softmax(Q @ K^T / sqrt(embedding_dimension)) @ V for each sample and head, no mask.

Q, K, V: float32 [batch_size, num_heads, sequence_length, embedding_dimension], uniform in [0, 1), so that all weights
of a row are nearly alike. out: float32, Q's shape.
A head is 1024 wide at full size: a block's slice of Q and of the output together exceed shared memory, and have to be
cut along the width. 1.1 trillion operations on 8 GiB. KernelBench L1/97.
"""

import torch
import torch.nn as nn

batch_size = 32
num_heads = 32
sequence_length = 512
embedding_dimension = 1024

PRESETS = {
    "small": {"batch_size": 2, "num_heads": 3, "sequence_length": 148, "embedding_dimension": 44},
    "odd": {"batch_size": 1, "num_heads": 3, "sequence_length": 37, "embedding_dimension": 33},
    "full": {},
}


class Model(nn.Module):
    def forward(self, Q, K, V):
        return nn.functional.scaled_dot_product_attention(Q, K, V)


def get_inputs():
    shape = (batch_size, num_heads, sequence_length, embedding_dimension)
    return [torch.rand(shape) for _ in range(3)]


def get_init_inputs():
    return []
