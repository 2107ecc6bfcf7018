"""Rows of a table looked up by index: out[b, s] = embedding.weight[indices[b, s]].

indices: int64 [batch_size, seq_len], in [0, num_embeddings). embedding.weight: float32 [num_embeddings, embedding_dim],
standard normal. out: float32 [batch_size, seq_len, embedding_dim].
Pure copying: 192 MiB written at full size, from rows of 3 KiB that lie scattered over a table of 293 MiB. Half of the
table is never read.
"""

import torch
import torch.nn as nn

num_embeddings = 100000
embedding_dim = 768
batch_size = 512
seq_len = 128

PRESETS = {
    "small": {"num_embeddings": 300, "embedding_dim": 268, "batch_size": 5, "seq_len": 60},
    "odd": {"num_embeddings": 101, "embedding_dim": 33, "batch_size": 3, "seq_len": 7},
    "full": {},
}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(num_embeddings, embedding_dim)

    def forward(self, indices):
        return self.embedding(indices)


def get_inputs():
    return [torch.randint(0, num_embeddings, (batch_size, seq_len))]


def get_init_inputs():
    return []
