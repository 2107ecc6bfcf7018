"""A stack of GRU layers over a sequence; the last hidden state of every layer.

x: float32 [seq_len, batch_size, input_size]; h0: float32 [num_layers, batch_size, hidden_size]; both uniform in [0, 1).
Each layer, at each step: r = sigmoid(Wr x + br + Ur h + cr), z = sigmoid(Wz x + bz + Uz h + cz),
n = tanh(Wn x + bn + r * (Un h + cn)), h = (1 - z) * n + z * h. gru.weight_ih_l0 holds Wr, Wz, Wn one above the other,
gru.weight_hh_l0 the U, the biases likewise. out: float32 [num_layers, batch_size, hidden_size].
No layer's sequence need be kept but by the next one. The 512 steps of a layer wait for each other: latency is the time.
KernelBench L3/40.
"""

import torch
import torch.nn as nn

batch_size = 10
seq_len = 512
input_size = 128
hidden_size = 256
num_layers = 6

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 6, "input_size": 12, "hidden_size": 44, "num_layers": 3},
    "odd": {"batch_size": 3, "seq_len": 5, "input_size": 17, "hidden_size": 31, "num_layers": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, bias=True, batch_first=False):
        super().__init__()
        self.gru = nn.GRU(input_size, hidden_size, num_layers, bias, batch_first)

    def forward(self, x, h0):
        _, last = self.gru(x, h0)
        return last


def get_inputs():
    return [torch.rand(seq_len, batch_size, input_size), torch.rand(num_layers, batch_size, hidden_size)]


def get_init_inputs():
    return [input_size, hidden_size, num_layers]
