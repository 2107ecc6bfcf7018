"""What makes a reference depend on more than its inputs, noticed while it runs."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from oracle import draws

WRITES = {"index_put": "indices", "index_copy": "index", "scatter": "index", "_unsafe_index_put": "indices"}


class WatchMode(TorchDispatchMode):
    """Notices random draws, and writes whose winner is undefined on a GPU."""

    def __init__(self):
        super().__init__()
        self.random, self.undefined = set(), set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = operator_name(func)
        if draws(func, args, kwargs):
            self.random.add(name)
        written = WRITES.get(name.rstrip("_"))
        if written:
            arguments = {a.name: v for a, v in zip(func._schema.arguments, args)} | kwargs
            if not arguments.get("accumulate") and not arguments.get("reduce") and _repeats(arguments[written], arguments.get("dim")):
                self.undefined.add(name)
        return func(*args, **kwargs)


def operator_name(func):
    """Of an operator of PyTorch's own: without ``aten::``."""
    return func._schema.name.removeprefix("aten::")


def _repeats(index, dim):
    """Whether one element is written twice."""
    if isinstance(index, torch.Tensor):
        if index.dim() < 2:
            return index.unique().numel() < index.numel()
        ordered = index.sort(dim).values
        return bool((ordered.diff(dim=dim) == 0).any())
    given = [i for i in index if i is not None]
    if not given or any(i.dtype is torch.bool for i in given):
        return False
    rows = torch.stack([i.reshape(-1) for i in torch.broadcast_tensors(*given)], 1)
    return rows.unique(dim=0).shape[0] < rows.shape[0]
