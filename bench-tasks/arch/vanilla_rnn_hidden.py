"""A plain recurrent network over a sequence: h[t] = tanh(i2h([x[t], h[t - 1]])), out[t] = h2o(h[t]).

x: float32 [sequence_length, batch_size, input_size], h0: float32 [batch_size, hidden_size], both uniform in [0, 1).
i2h: Linear of both side by side to hidden_size; h2o: Linear to output_size. out: float32
[sequence_length, batch_size, output_size].
What x adds to all steps is one product, and so is h2o of all states; between them 256 steps wait for each other, with a
product of 8 x 256 by 256 x 256 (256 KiB) in each. KernelBench L3/34.
"""

import torch
import torch.nn as nn

batch_size = 8
input_size = 1024
hidden_size = 256
output_size = 128
sequence_length = 256

PRESETS = {
    "small": {"batch_size": 3, "input_size": 44, "hidden_size": 36, "output_size": 20, "sequence_length": 10},
    "odd": {"batch_size": 1, "input_size": 35, "hidden_size": 33, "output_size": 17, "sequence_length": 7},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    def forward(self, x, h0):
        hidden = h0
        outputs = []
        for step in x:
            hidden = torch.tanh(self.i2h(torch.cat((step, hidden), dim=1)))
            outputs.append(self.h2o(hidden))
        return torch.stack(outputs)


def get_inputs():
    return [torch.rand(sequence_length, batch_size, input_size), torch.rand(batch_size, hidden_size)]


def get_init_inputs():
    return [input_size, hidden_size, output_size]
