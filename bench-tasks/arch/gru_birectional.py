"""A stack of bidirectional GRU layers over a sequence; the outputs of the last layer, both directions side by side.

x: float32 [seq_len, batch_size, input_size]; h0: float32 [2 * num_layers, batch_size, hidden_size], forward and
backward of each layer in turn; both uniform in [0, 1). A direction, at each of its steps: r = sigmoid(Wr x + br + Ur h
+ cr), z = sigmoid(Wz x + bz + Uz h + cz), n = tanh(Wn x + bn + r * (Un h + cn)), h = (1 - z) * n + z * h; layers after
the first see both directions' h. gru.weight_ih_l0 holds Wr, Wz, Wn one above the other, …_reverse is the backward
direction. out: float32 [seq_len, batch_size, 2 * hidden_size]. self.h0, drawn when the model is made, is not used.
A layer needs the whole sequence of the one before it, in both directions: 6 times 512 steps in a row.
KernelBench L3/41.
"""

import torch
import torch.nn as nn

batch_size = 10
seq_len = 512
input_size = 128
hidden_size = 256
num_layers = 6

PRESETS = {
    "small": {"batch_size": 2, "seq_len": 6, "input_size": 20, "hidden_size": 28, "num_layers": 3},
    "odd": {"batch_size": 1, "seq_len": 5, "input_size": 13, "hidden_size": 21, "num_layers": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, bias=True, batch_first=False):
        super().__init__()
        self.gru = nn.GRU(input_size, hidden_size, num_layers, bias, batch_first, bidirectional=True)
        self.h0 = torch.randn(2 * num_layers, batch_size, hidden_size)

    def forward(self, x, h0):
        output, _ = self.gru(x, h0)
        return output


def get_inputs():
    return [torch.rand(seq_len, batch_size, input_size), torch.rand(2 * num_layers, batch_size, hidden_size)]


def get_init_inputs():
    return [input_size, hidden_size, num_layers]
