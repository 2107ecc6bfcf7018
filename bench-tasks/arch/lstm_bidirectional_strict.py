"""A stack of bidirectional LSTM layers over a sequence, and a linear layer on the outputs at its last element.

x: float32 [batch_size, sequence_length, input_size]; h0, c0: float32 [2 * num_layers, batch_size, hidden_size], forward
and backward of each layer in turn; all uniform in [0, 1). A direction, at each of its steps:
i, f, o = sigmoid(W x + b + U h + d) with rows of their own, g = tanh(likewise), c = f * c + i * g, h = o * tanh(c);
layers after the first see both directions' h. lstm.weight_ih_l0 holds the rows of i, f, g, o one above the other,
…_reverse is the backward direction. out: float32 [batch_size, output_size] = fc(both h of the last layer at the last
element). The last layer's backward direction is needed after its first step only; all else needs every step.

Strict variant of arch/lstm_bidirectional. Published results are so small that half-precision arithmetic is within the
tolerance; here the linear layer's weights are standard normal.
"""

import torch
import torch.nn as nn

batch_size = 10
sequence_length = 512
input_size = 128
hidden_size = 256
num_layers = 6
output_size = 10
dropout = 0.0

PRESETS = {
    "small": {"batch_size": 2, "sequence_length": 6, "input_size": 12, "hidden_size": 20, "num_layers": 3},
    "odd": {
        "batch_size": 1,
        "sequence_length": 5,
        "input_size": 13,
        "hidden_size": 17,
        "num_layers": 3,
        "output_size": 7,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, output_size, dropout=0.0):
        super().__init__()
        self.lstm = nn.LSTM(
            input_size, hidden_size, num_layers, batch_first=True, dropout=dropout, bidirectional=True
        )
        self.fc = nn.Linear(2 * hidden_size, output_size)
        nn.init.normal_(self.fc.weight)

    def forward(self, x, h0, c0):
        sequence, _ = self.lstm(x, (h0, c0))
        return self.fc(sequence[:, -1])


def get_inputs():
    state = (2 * num_layers, batch_size, hidden_size)
    return [torch.rand(batch_size, sequence_length, input_size), torch.rand(state), torch.rand(state)]


def get_init_inputs():
    return [input_size, hidden_size, num_layers, output_size, dropout]
