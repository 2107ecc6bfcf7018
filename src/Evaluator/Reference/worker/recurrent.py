"""GRU layers as one operator each on fake tensors, as LSTM layers already are there.

Without it PyTorch's CPU takes a GRU apart step by step: 100,000 operators for a sequence of 512 and six layers, half a
minute of fake tensors for shapes that are known. A GPU makes one call of it, and so does an LSTM on a CPU.
"""

import torch
from torch.overrides import TorchFunctionMode

GRU = 3  # oneDNN's number of the cell


class LayersAsOne(TorchFunctionMode):
    """Replaces a GRU over a dense batch by ``mkldnn_rnn_layer``, a layer and direction at a time. For fake tensors only."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if getattr(func, "__name__", None) == "gru" and len(args) == 9 and not kwargs and args[0].dim() == 3 and not args[5]:
            return _layers(*args)
        return func(*args, **(kwargs or {}))


def _layers(x, hidden, weights, biased, num_layers, dropout, train, bidirectional, batch_first):
    directions = 2 if bidirectional else 1
    each = 4 if biased else 2
    if batch_first:
        x = x.transpose(0, 1)
    last = []
    for layer in range(num_layers):
        outputs = []
        for direction in range(directions):
            number = layer * directions + direction
            own = list(weights[number * each:(number + 1) * each])
            if not biased:
                own += [own[0].new_zeros(own[0].shape[0])] * 2
            state = hidden[number]
            output, end, _, _ = torch.ops.aten.mkldnn_rnn_layer(
                x, *own, state, state, direction == 1, [], GRU, state.shape[-1], 1, biased, False, False, train)
            outputs.append(output)
            last.append(end.reshape(state.shape))
        x = torch.cat(outputs, dim=-1) if bidirectional else outputs[0]
    return x.transpose(0, 1) if batch_first else x, torch.stack(last)
