"""Real values of what no input, parameter or random draw goes into (masks, positions), kept beside a run on fake tensors."""

import torch
from torch.utils._python_dispatch import _disable_current_modes
from torch.utils._pytree import tree_leaves, tree_map

from oracle import draws

MOST_ELEMENTS = 1 << 24  # of one tensor: a mask of 4096 positions
MOST_BYTES = 1 << 30  # of all
UNSET = ("empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "empty_permuted", "resize")


class Constants:
    """Follows operators; ``of`` gives a fake tensor's values where they are known."""

    def __init__(self):
        self._real, self._alive, self._bytes = {}, [], 0

    def of(self, tensor):
        return self._real.get(_key(tensor), {}).get(_view(tensor)) if isinstance(tensor, torch.Tensor) else None

    def forget(self, tensors):
        """Of tensors that may hold anything later, as parameters do."""
        for tensor in tensors:
            self._real.pop(_key(tensor), None)

    def follow(self, func, args, kwargs, result):
        made = [t for t in tree_leaves(result) if isinstance(t, torch.Tensor)]
        real = self._compute(func, args, kwargs, made)
        if real is None:
            if func._schema.is_mutable:
                self.forget(made)
            return
        for tensor, value in zip(made, real):
            self._real.setdefault(_key(tensor), {})[_view(tensor)] = value
            self._alive.append(tensor)

    def _compute(self, func, args, kwargs, made):
        read = [t for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
        name = func._schema.name.removeprefix("aten::").rstrip("_")
        if not made or name in UNSET or draws(func, args, kwargs) or any(self.of(t) is None for t in read):
            return None
        fresh = 0 if func.is_view else sum(t.numel() * t.element_size() for t in made)
        if self._bytes + fresh > MOST_BYTES or any(t.numel() > MOST_ELEMENTS for t in made):
            return None
        self._bytes += fresh
        try:
            with _disable_current_modes():
                real_args, real_kwargs = tree_map(lambda a: self.of(a) if isinstance(a, torch.Tensor) else a, (args, kwargs))
                found = [t for t in tree_leaves(func(*real_args, **real_kwargs)) if isinstance(t, torch.Tensor)]
        except (RuntimeError, NotImplementedError, TypeError):
            return None
        return found if len(found) == len(made) else None


def _key(tensor):
    return tensor.untyped_storage()._cdata


def _view(tensor):
    return tensor.storage_offset(), tuple(tensor.shape), tuple(tensor.stride()), tensor.dtype
