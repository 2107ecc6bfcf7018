"""The state space layer of Mamba-2, its outputs: a linear recurrence whose decay changes from step to step.

X: float32 [batch_size, seq_length, n_heads, d_head], uniform in [0, 1). A: float32 [batch_size, seq_length, n_heads];
B, C: float32 [batch_size, seq_length, n_heads, d_state]; parameters, all standard normal. For each head the recurrence
is state[t] = exp(A[t]) * state[t - 1] + X[t] B[t]^T (d_head x d_state), Y[t] = state[t] C[t]. It is taken in blocks of
block_len: within a block by products, between blocks by each block's last state. out: float32 [batch_size, seq_length,
n_heads, d_head]. Decays are exponentials of normal sums, so that outputs reach 1e11: only relative errors mean
anything. In the order written here the first product has five indices and gigabytes in between at full size; taken two
operands at a time within a block, nothing but Y is written. KernelBench L3/48.
"""

import torch
import torch.nn as nn

batch_size = 2048
seq_length = 128
n_heads = 8
d_head = 64
d_state = 16
block_len = 64

PRESETS = {
    "small": {"batch_size": 2, "seq_length": 24, "n_heads": 3, "d_head": 12, "d_state": 4, "block_len": 12},
    "odd": {"batch_size": 1, "seq_length": 21, "n_heads": 3, "d_head": 9, "d_state": 5, "block_len": 7},
    "full": {},
}


def segment_sums(x):
    """Sums over x[j + 1], …, x[i] at place (i, j), -inf above the diagonal."""
    sums = torch.cumsum(x, dim=-1)
    differences = sums[..., :, None] - sums[..., None, :]
    seen = torch.tril(torch.ones(x.size(-1), x.size(-1), dtype=torch.bool, device=x.device))
    return differences.masked_fill(~seen, -torch.inf)


class Model(nn.Module):
    def __init__(self, batch_size, seq_length, n_heads, d_head, d_state, block_len=64):
        super().__init__()
        self.block_len = block_len
        self.A = nn.Parameter(torch.randn(batch_size, seq_length, n_heads))
        self.B = nn.Parameter(torch.randn(batch_size, seq_length, n_heads, d_state))
        self.C = nn.Parameter(torch.randn(batch_size, seq_length, n_heads, d_state))

    def in_blocks(self, x):
        return x.reshape(x.size(0), -1, self.block_len, *x.shape[2:])

    # In einsum: b sample, c or z block, l or s place within a block, h head, p and n the two sides of a state.
    def forward(self, X):
        X, B, C = (self.in_blocks(t) for t in (X, self.B, self.C))
        A = self.in_blocks(self.A).permute(0, 3, 1, 2)
        sums = torch.cumsum(A, dim=-1)
        within = torch.exp(segment_sums(A))
        diagonal = torch.einsum("bclhn,bcshn,bhcls,bcshp->bclhp", C, B, within, X)

        decay = torch.exp(sums[..., -1:] - sums)
        states = torch.einsum("bclhn,bhcl,bclhp->bchpn", B, decay, X)
        states = torch.cat((torch.zeros_like(states[:, :1]), states), dim=1)
        between = torch.exp(segment_sums(nn.functional.pad(sums[..., -1], (1, 0))))
        states = torch.einsum("bhzc,bchpn->bzhpn", between, states)[:, :-1]

        carried = torch.einsum("bclhn,bchpn,bhcl->bclhp", C, states, torch.exp(sums))
        return (diagonal + carried).flatten(1, 2)


def get_inputs():
    return [torch.rand(batch_size, seq_length, n_heads, d_head)]


def get_init_inputs():
    return [batch_size, seq_length, n_heads, d_head, d_state, block_len]
