"""A stack of LSTM layers over a sequence from a random state, and a linear layer on the last output.

x: float32 [batch_size, sequence_length, input_size], uniform in [0, 1). The initial h and c of every layer are drawn
from a standard normal distribution inside forward, from PyTorch's generator, which a kernel cannot repeat. Each layer,
at each step: i, f, o = sigmoid(W x + b + U h + d) with rows of their own, g = tanh(likewise), c = f * c + i * g, h = o
* tanh(c). lstm.weight_ih_l0 holds the rows of i, f, g, o one above the other, lstm.weight_hh_l0 the U. out: float32
[batch_size, output_size] = fc(h of the last layer and step).
After 512 steps little is left of the initial state. KernelBench L3/35.
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
    "small": {"batch_size": 3, "sequence_length": 7, "input_size": 12, "hidden_size": 28, "num_layers": 3},
    "odd": {
        "batch_size": 1,
        "sequence_length": 5,
        "input_size": 11,
        "hidden_size": 25,
        "num_layers": 3,
        "output_size": 7,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, output_size, dropout=0.0):
        super().__init__()
        self.num_layers = num_layers
        self.hidden_size = hidden_size
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, dropout=dropout)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        state = (self.num_layers, x.size(0), self.hidden_size)
        h0 = torch.randn(state, device=x.device)
        c0 = torch.randn(state, device=x.device)
        sequence, _ = self.lstm(x, (h0, c0))
        return self.fc(sequence[:, -1])


def get_inputs():
    return [torch.rand(batch_size, sequence_length, input_size)]


def get_init_inputs():
    return [input_size, hidden_size, num_layers, output_size, dropout]
