"""A stack of GRU layers over a sequence; the outputs of the last layer.

x: float32 [seq_len, batch_size, input_size]; h0: float32 [num_layers, batch_size, hidden_size]; both uniform in [0, 1).
Each layer, at each step: r = sigmoid(Wr x + br + Ur h + cr), z = sigmoid(Wz x + bz + Uz h + cz),
n = tanh(Wn x + bn + r * (Un h + cn)), h = (1 - z) * n + z * h. gru.weight_ih_l0 holds Wr, Wz, Wn one above the other,
gru.weight_hh_l0 the U, the biases likewise. out: float32 [seq_len, batch_size, hidden_size].
512 steps that wait for each other, times 6 layers; layer 2 may start when layer 1 has done its first step. Weights of a
layer (768 KiB for U) should stay on the chip for all steps. KernelBench L3/39.
"""

import torch
import torch.nn as nn

batch_size = 10
seq_len = 512
input_size = 128
hidden_size = 256
num_layers = 6

PRESETS = {
    "small": {"batch_size": 3, "seq_len": 7, "input_size": 20, "hidden_size": 36, "num_layers": 3},
    "odd": {"batch_size": 1, "seq_len": 5, "input_size": 13, "hidden_size": 33, "num_layers": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, bias=True, batch_first=False):
        super().__init__()
        self.gru = nn.GRU(input_size, hidden_size, num_layers, bias, batch_first)

    def forward(self, x, h0):
        output, _ = self.gru(x, h0)
        return output


def get_inputs():
    return [torch.rand(seq_len, batch_size, input_size), torch.rand(num_layers, batch_size, hidden_size)]


def get_init_inputs():
    return [input_size, hidden_size, num_layers]
