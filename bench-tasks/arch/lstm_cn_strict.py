"""A stack of LSTM layers over a sequence; the last cell state of every layer.

x: float32 [batch_size, sequence_length, input_size]; h0, c0: float32 [num_layers, batch_size, hidden_size]; all uniform
in [0, 1). Each layer, at each step: i, f, o = sigmoid(W x + b + U h + d) with rows of their own, g = tanh(likewise),
c = f * c + i * g, h = o * tanh(c). lstm.weight_ih_l0 holds the rows of i, f, g, o one above the other,
lstm.weight_hh_l0 the U. out: float32 [num_layers, batch_size, hidden_size], the cells.
512 steps in a row a layer, small products in each: latency and the reading of U are the time.

Strict variant of arch/lstm_cn. The published model also computes a linear layer of the last output and throws it away: here
there is none.
"""

import torch
import torch.nn as nn

batch_size = 10
sequence_length = 512
input_size = 128
hidden_size = 256
num_layers = 6
dropout = 0.0

PRESETS = {
    "small": {"batch_size": 2, "sequence_length": 6, "input_size": 20, "hidden_size": 28, "num_layers": 3},
    "odd": {
        "batch_size": 3,
        "sequence_length": 5,
        "input_size": 9,
        "hidden_size": 23,
        "num_layers": 3,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, dropout=0.0):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, dropout=dropout)

    def forward(self, x, h0, c0):
        _, (_, cells) = self.lstm(x, (h0, c0))
        return cells


def get_inputs():
    state = (num_layers, batch_size, hidden_size)
    return [torch.rand(batch_size, sequence_length, input_size), torch.rand(state), torch.rand(state)]


def get_init_inputs():
    return [input_size, hidden_size, num_layers, dropout]
