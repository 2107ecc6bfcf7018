"""One step of a plain recurrent network: h = tanh(i2h([x, initial_hidden])), out = h2o(h).

x: float32 [batch_size, input_size], initial_hidden: float32 [batch_size, hidden_size], both uniform in [0, 1). i2h:
Linear of both side by side to hidden_size; h2o: Linear to output_size. out: float32 [batch_size, output_size]. The
model keeps its state in `hidden`, a tensor drawn from a standard normal distribution when it is made: forward copies
initial_hidden into it and then puts h in its place.
2.5 GiB of weights are read once at full size for 256 rows; the concatenation is two products into one sum.
KernelBench L3/33.
"""

import torch
import torch.nn as nn

batch_size = 256
input_size = 16384
hidden_size = 16384
output_size = 8192

PRESETS = {
    "small": {"batch_size": 5, "input_size": 76, "hidden_size": 68, "output_size": 44},
    "odd": {"batch_size": 3, "input_size": 67, "hidden_size": 35, "output_size": 33},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden = torch.randn(batch_size, hidden_size)
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    def forward(self, x, initial_hidden):
        self.hidden.copy_(initial_hidden)
        self.hidden = torch.tanh(self.i2h(torch.cat((x, self.hidden), dim=1)))
        return self.h2o(self.hidden)


def get_inputs():
    return [torch.rand(batch_size, input_size), torch.rand(batch_size, hidden_size)]


def get_init_inputs():
    return [input_size, hidden_size, output_size]
