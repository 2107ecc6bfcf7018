"""Cross-entropy of unnormalised predictions against class indices, averaged over the batch.

predictions: float32 [batch_size, num_classes], uniform in [0, 1). targets: int64 [batch_size], in [0, num_classes).
out: one float32 number (0-dim): the mean over b of logsumexp(predictions[b]) - predictions[b, targets[b]].
One pass over each row, one gathered element a row, then a sum over the batch. KernelBench L1/95.
"""

import torch
import torch.nn as nn

batch_size = 32768
num_classes = 4096

PRESETS = {
    "small": {"batch_size": 37, "num_classes": 1036},
    "odd": {"batch_size": 1, "num_classes": 33},
    "full": {},
}


class Model(nn.Module):
    def forward(self, predictions, targets):
        return nn.functional.cross_entropy(predictions, targets)


def get_inputs():
    return [torch.rand(batch_size, num_classes), torch.randint(0, num_classes, (batch_size,))]


def get_init_inputs():
    return []
