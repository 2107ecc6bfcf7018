"""Products of which a mask that depends on no input keeps only a part: the other part is no operation that a result needs."""

import torch
from torch.utils._python_dispatch import _disable_current_modes

HIDDEN = -1e4  # a score of this or less has no weight after a softmax
PRODUCTS = {"mm": ("self", "mat2"), "bmm": ("self", "mat2"), "addmm": ("mat1", "mat2"), "baddbmm": ("batch1", "batch2")}
FLASH = "_scaled_dot_product_flash_attention_for_cpu"
KEEPS = ("mul", "div", "clone", "_to_copy", "contiguous", "native_dropout", "expand")


class Masks:
    """Follows products through masks, and shares of zeros into the next product."""

    def __init__(self, key, constants):
        self._key, self.constants = key, constants
        self._made_by, self._hidden, self._zero, self._uses = {}, {}, {}, {}
        self._less = []

    def follow(self, step, name, arguments, reads, out):
        """``step``: the operator's number; ``out``: what it made."""
        with _disable_current_modes():
            self._follow(step, name, arguments, reads, out)

    def _follow(self, step, name, arguments, reads, out):
        for tensor in reads:
            self._uses[self._key(tensor)] = self._uses.get(self._key(tensor), 0) + 1
        if out is None:
            return
        key = self._key(out)
        if name in PRODUCTS:
            zero = max(self._zero.get(self._key(arguments[operand]), 0.0) for operand in PRODUCTS[name])
            self._less.append((step, 1 - zero, None))
            self._made_by[key] = step
            self._bias(step, key, arguments.get("self") if name == "baddbmm" else None)
        elif name == FLASH:
            mask = self.constants.of(arguments.get("attn_mask"))
            self._less.append((step, 1.0 if mask is None else 1 - _share(~mask if mask.dtype is torch.bool else mask <= HIDDEN), None))
        elif name in ("tril", "triu"):
            keep = torch.ones(out.shape[-2:], dtype=torch.bool)
            self._mask(key, arguments["self"], _share(~getattr(torch, name)(keep, arguments.get("diagonal", 0))), 0.0)
        elif name == "masked_fill":
            self._replace(key, arguments["self"], self.constants.of(arguments["mask"]), arguments["value"])
        elif name == "where":
            condition = self.constants.of(arguments["condition"])
            if condition is not None:
                self._replace(key, arguments["self"], ~condition, arguments["other"])
                self._replace(key, arguments["other"], condition, arguments["self"])
        elif name in ("add", "sub", "mul") and self._constant_operand(arguments) is not None:
            tensor, constant = self._constant_operand(arguments)
            self._mask(key, tensor, _share(constant == 0), 0.0) if name == "mul" else self._mask(key, tensor, _share(constant <= HIDDEN if name == "add" else constant >= -HIDDEN), HIDDEN)
        elif name in ("_softmax", "_safe_softmax", "relu"):
            self._zero[key] = max(self._hidden.get(self._key(arguments["self"]), 0.0), self._zero.get(self._key(arguments["self"]), 0.0) if name == "relu" else 0.0)
        elif name in KEEPS and reads:
            source = self._key(reads[0])
            for table in (self._made_by, self._hidden, self._zero):
                if source in table:
                    table[key] = table[source]

    def apply(self, operators):
        """Takes the parts that no result needs off the operators' operations; a product that is read unmasked too keeps them, and one that a structure made cheaper has lost them already."""
        structured = {step for step, operator in enumerate(operators) if operator["needed_flops"] < operator["flops"]}
        for step, share, read_as in self._less:
            if share < 1 and step not in structured and (read_as is None or self._uses.get(read_as, 0) <= 1):
                operators[step]["needed_flops"] *= share

    def _bias(self, step, key, bias):
        values = self.constants.of(bias)
        if values is not None and values.is_floating_point():
            share = _share((values <= HIDDEN).expand(bias.shape))
            self._less.append((step, 1 - share, None))
            self._hidden[key] = share

    def _constant_operand(self, arguments):
        a, b = arguments.get("self"), arguments.get("other")
        for tensor, other in ((a, b), (b, a)):
            values = self.constants.of(other)
            if values is not None and isinstance(tensor, torch.Tensor) and self.constants.of(tensor) is None and values.numel() > 1:
                return tensor, values.broadcast_to(torch.broadcast_shapes(values.shape, tensor.shape[-values.dim():]))
        return None

    def _replace(self, key, tensor, mask, value):
        """Where the mask is set, ``value`` stands instead of the tensor's elements."""
        known = value if isinstance(value, (int, float)) else self.constants.of(value)
        if mask is None or known is None or not isinstance(tensor, torch.Tensor) or (not isinstance(known, (int, float)) and known.numel() != 1):
            return
        self._mask(key, tensor, _share(mask), float(known))

    def _mask(self, key, tensor, share, value):
        """That share of a tensor is replaced by a value."""
        source = self._key(tensor)
        if source in self._made_by:
            self._less.append((self._made_by[source], 1 - share, source if source != key else None))
        if value == 0:
            self._zero[key] = share
        elif value <= HIDDEN:
            self._hidden[key] = share


def _share(mask):
    return mask.double().mean().item() if mask.numel() else 0.0
