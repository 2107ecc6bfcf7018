"""How values of inputs and state are distributed: the random calls are observed, under fake tensors at ``full``.

What no rule covers is estimated from the real tensors of a smaller preset.
"""

import math

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from errors import TaskError
from instance import build_model, draw_arguments, flatten_outputs, run_forward, state_tensors, tensor_names
from recurrent import LayersAsOne

REAL_LIMIT = 1 << 30


def uniform(low, high):
    return {"kind": "uniform", "low": float(low), "high": float(high)}


def normal(mean, std):
    return {"kind": "normal", "mean": float(mean), "std": float(abs(std))} if std else constant(mean)


def integers(low, high):
    return {"kind": "integers", "low": float(low), "high": float(high)}


def bernoulli(probability):
    return {"kind": "bernoulli", "probability": min(1.0, max(0.0, float(probability)))}


def constant(value):
    return {"kind": "constant", "value": float(value)}


class ObservingMode(TorchDispatchMode):
    """Follows distributions through factories, in-place draws and affine arithmetic, by storage."""

    def __init__(self, constants=None):
        super().__init__()
        self.known, self.alive, self.constants = {}, [], constants

    def of(self, tensor):
        found = self.known.get(_key(tensor))
        if found is None or found.get("structure") is None or tensor.dim() < 2:
            return found
        transposed = tensor.stride(-1) > tensor.stride(-2)
        return {**found, "structure": _flip(found["structure"])} if transposed else found

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if self.constants:
            self.constants.follow(func, args, kwargs, result)
        try:
            self._follow(func, args, kwargs, result)
        except (TypeError, ValueError, IndexError, KeyError, ZeroDivisionError, OverflowError):
            pass
        return result

    def _follow(self, func, args, kwargs, result):
        if not isinstance(result, torch.Tensor):
            return
        name = func._schema.name.removeprefix("aten::")
        written = func._schema.is_mutable
        if not written and any(_key(a) == _key(result) for a in args if isinstance(a, torch.Tensor)):
            return  # a view: the same storage, the same distribution
        values = {a.name: v for a, v in zip(func._schema.arguments, args)} | kwargs
        rule = RULES.get(name.rstrip("_") if written else name)
        found = rule(self, values, result) if rule else None
        key = _key(result)
        if found is None:
            self.known.pop(key, None)
        else:
            self.known[key] = {k: v for k, v in found.items() if v is not None}
        self.alive.append(result)


def _key(tensor):
    return tensor.untyped_storage()._cdata


def _flip(structure):
    return {"lower_triangular": "upper_triangular", "upper_triangular": "lower_triangular"}.get(structure, structure)


def _operand(mode, value):
    """A distribution for a tensor or a Python number."""
    if isinstance(value, (int, float)):
        return constant(value)
    return mode.of(value)


def affine(found, scale, offset):
    if found is None:
        return None
    kind, structure = found["kind"], found.get("structure") if offset == 0 else None
    if kind == "constant":
        made = constant(found["value"] * scale + offset)
    elif kind == "normal":
        made = normal(found["mean"] * scale + offset, found["std"] * scale)
    elif kind == "uniform":
        made = uniform(*sorted((found["low"] * scale + offset, found["high"] * scale + offset)))
    elif kind == "integers" and scale == 1 and float(offset).is_integer():
        made = integers(found["low"] + offset, found["high"] + offset)
    elif kind == "integers":
        made = uniform(*sorted((found["low"] * scale + offset, (found["high"] - 1) * scale + offset)))
    elif kind == "bernoulli" and scale == 1 and offset == 0:
        made = dict(found)
    else:
        made = uniform(*sorted((offset, scale + offset)))
    return {**made, "structure": structure} if structure else made


def _add(mode, values, result, sign=1):
    a, b = _operand(mode, values["self"]), _operand(mode, values["other"])
    alpha = sign * values.get("alpha", 1)
    if a is None or b is None:
        return None
    if b["kind"] == "constant":
        return affine(a, 1, alpha * b["value"])
    if a["kind"] == "constant":
        return affine(b, alpha, a["value"])
    symmetric = {"structure": "symmetric"} if alpha == 1 and _is_transpose(values["self"], values["other"]) else {}
    if a["kind"] == b["kind"] == "normal" and values["self"] is not values["other"]:
        return {**normal(a["mean"] + alpha * b["mean"], math.hypot(a["std"], alpha * b["std"])), **symmetric}
    if symmetric and a["kind"] == "uniform":
        return {**uniform(2 * a["low"], 2 * a["high"]), **symmetric}
    return None


def _is_transpose(a, b):
    return (isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.dim() >= 2 and a.shape == b.shape and _key(a) == _key(b) and a.storage_offset() == b.storage_offset()
            and a.stride(-1) != a.stride(-2) and (*a.stride()[:-2], a.stride(-1), a.stride(-2)) == tuple(b.stride()))


def _mul(mode, values, result):
    a, b = _operand(mode, values["self"]), _operand(mode, values["other"])
    if a is None or b is None:
        return None
    if b["kind"] == "constant":
        return affine(a, b["value"], 0)
    return affine(b, a["value"], 0) if a["kind"] == "constant" else None


def _div(mode, values, result):
    b = _operand(mode, values["other"])
    if b is None or b["kind"] != "constant" or values.get("rounding_mode"):
        return None
    return affine(_operand(mode, values["self"]), 1 / b["value"], 0)


def _rsub(mode, values, result):
    return affine(mode.of(values["self"]), -values.get("alpha", 1), values["other"])


def _cast(mode, values, result):
    found = mode.of(values["self"])
    if found is None:
        return None
    if result.dtype is torch.bool:
        return bernoulli(1 - _probability(found, 0, "le") + _probability(found, 0, "lt")) if found["kind"] in ("integers", "bernoulli", "constant") else bernoulli(1)
    if not result.is_floating_point() and found["kind"] == "uniform":
        return integers(math.trunc(found["low"]), math.ceil(found["high"]))
    return found if result.is_floating_point() or found["kind"] != "normal" else None


def _probability(found, bound, comparison):
    """The share of values below (lt) or up to (le) a bound."""
    kind = found["kind"]
    if kind == "uniform":
        return min(1.0, max(0.0, (bound - found["low"]) / (found["high"] - found["low"])))
    if kind == "normal":
        return 0.5 * (1 + math.erf((bound - found["mean"]) / found["std"] / math.sqrt(2)))
    if kind == "integers":
        count = (math.ceil(bound) if comparison == "lt" else math.floor(bound) + 1) - found["low"]
        return min(1.0, max(0.0, count / (found["high"] - found["low"])))
    if kind == "bernoulli":
        zero, one = (bound > 0, bound > 1) if comparison == "lt" else (bound >= 0, bound >= 1)
        return (1 - found["probability"]) * zero + found["probability"] * one
    return float(found["value"] < bound if comparison == "lt" else found["value"] <= bound)


def _compare(comparison, inverted):
    def rule(mode, values, result):
        a, b = _operand(mode, values["self"]), _operand(mode, values["other"])
        if a is None or b is None or b["kind"] != "constant" or a.get("structure"):
            return None
        share = _probability(a, b["value"], comparison)
        return bernoulli(1 - share if inverted else share)
    return rule


def _equal(inverted):
    def rule(mode, values, result):
        a, b = _operand(mode, values["self"]), _operand(mode, values["other"])
        if a is None or b is None or b["kind"] != "constant":
            return None
        share = _probability(a, b["value"], "le") - _probability(a, b["value"], "lt") if a["kind"] in ("integers", "bernoulli", "constant") else 0.0
        return bernoulli(1 - share if inverted else share)
    return rule


def _abs(mode, values, result):
    found = mode.of(values["self"])
    return found if found and (found.get("low", -1) >= 0 or found["kind"] == "bernoulli") else constant(abs(found["value"])) if found and found["kind"] == "constant" else None


def _structured(structure):
    def rule(mode, values, result):
        found = mode.of(values["self"])
        return {**found, "structure": structure} if found and values.get("diagonal", 0) == 0 else None
    return rule


def _same(mode, values, result):
    return mode.of(values["self"])


def _concatenated(mode, values, result):
    found = [mode.of(t) for t in values["tensors"]]
    return found[0] if found and all(f == found[0] for f in found) and not (found[0] or {}).get("structure") else None


def _clamp(mode, values, result):
    found, low, high = mode.of(values["self"]), values.get("min"), values.get("max")
    if found is None or found["kind"] != "uniform":
        return None
    return found if (low is None or low <= found["low"]) and (high is None or high >= found["high"]) else None


RULES = {
    "rand": lambda m, v, r: uniform(0, 1), "rand_like": lambda m, v, r: uniform(0, 1),
    "randn": lambda m, v, r: normal(0, 1), "randn_like": lambda m, v, r: normal(0, 1),
    "randint": lambda m, v, r: integers(v.get("low", 0), v["high"]), "randint_like": lambda m, v, r: integers(v.get("low", 0), v["high"]),
    "randperm": lambda m, v, r: integers(0, v["n"]),
    "uniform": lambda m, v, r: uniform(v.get("from", 0), v.get("to", 1)),
    "normal": lambda m, v, r: normal(v.get("mean", 0), v.get("std", 1)),
    "bernoulli": lambda m, v, r: bernoulli(v.get("p", 0.5)) if isinstance(v.get("p", 0.5), float) else None,
    "random": lambda m, v, r: integers(v["from"], v["to"]) if "from" in v else integers(0, v["to"]) if "to" in v else None,
    "zeros": lambda m, v, r: constant(0), "zeros_like": lambda m, v, r: constant(0), "new_zeros": lambda m, v, r: constant(0), "zero": lambda m, v, r: constant(0),
    "ones": lambda m, v, r: constant(1), "ones_like": lambda m, v, r: constant(1), "new_ones": lambda m, v, r: constant(1),
    "full": lambda m, v, r: constant(v["fill_value"]), "full_like": lambda m, v, r: constant(v["fill_value"]), "new_full": lambda m, v, r: constant(v["fill_value"]),
    "scalar_tensor": lambda m, v, r: constant(v["s"]), "fill": lambda m, v, r: _operand(m, v["value"]),
    "arange": lambda m, v, r: integers(v.get("start", 0), v["end"]),
    "add": _add, "sub": lambda m, v, r: _add(m, v, r, -1), "rsub": _rsub, "mul": _mul, "div": _div, "neg": lambda m, v, r: affine(m.of(v["self"]), -1, 0),
    "_to_copy": _cast, "clone": _same, "contiguous": _same, "lift_fresh": _same, "detach": _same, "_unsafe_view": _same, "index_select": _same, "repeat": _same, "flip": _same,
    "copy": lambda m, v, r: m.of(v["src"]), "abs": _abs, "tril": _structured("lower_triangular"), "triu": _structured("upper_triangular"), "clamp": _clamp,
    "lt": _compare("lt", False), "le": _compare("le", False), "gt": _compare("le", True), "ge": _compare("lt", True), "eq": _equal(False), "ne": _equal(True),
    "cat": _concatenated, "stack": _concatenated,
}


def estimate(tensor):
    """A distribution that fits the values of a real tensor."""
    if tensor.numel() == 0:
        return constant(0)
    sample = tensor.detach().double()
    finite = sample[torch.isfinite(sample)]
    if finite.numel() == 0:
        return constant(0)
    low, high, mean = finite.min().item(), finite.max().item(), finite.mean().item()
    if low == high:
        return constant(low)
    if tensor.dtype is torch.bool:
        return bernoulli(mean)
    if not tensor.is_floating_point():
        return integers(low, high + 1)
    if bool(((finite == 0) | (finite == 1)).all()):
        return bernoulli(mean)
    structure = None
    if tensor.dim() >= 2 and min(tensor.shape[-2:]) > 1:
        if not bool(torch.triu(sample, 1).any()):
            structure = "lower_triangular"
        elif not bool(torch.tril(sample, -1).any()):
            structure = "upper_triangular"
        elif tensor.shape[-1] == tensor.shape[-2] and torch.equal(sample, sample.mT):
            structure = "symmetric"
        if structure in ("lower_triangular", "upper_triangular"):
            finite = finite[finite != 0]
            mean = finite.mean().item()
    std = finite.std(correction=0).item()
    kurtosis = ((finite - mean) / std).pow(4).mean().item() if std else 0
    found = normal(mean, std) if kurtosis > 2.4 else uniform(finite.min().item(), finite.max().item())
    return {**found, "structure": structure} if structure else found


class Observation:
    """Model and arguments of one preset, and how their values are distributed."""

    def __init__(self, module, seed, fake, constants=None):
        self.module, self.seed, self.notes, self.fake_mode = module, seed, [], None
        self.observer = ObservingMode(constants)
        self.outputs, self.real_outputs = None, False
        if fake:
            from torch._subclasses.fake_tensor import FakeTensorMode

            self.fake_mode = FakeTensorMode(allow_non_fake_inputs=True)
        try:
            self.model, self.init = self._within(lambda: build_model(module, seed))
        except TaskError:
            if not fake:
                raise
            # .item() and the like while the model is made: made for real, forward still on fake tensors.
            with self.observer:
                self.model, self.init = build_model(module, seed)
        if constants:
            self.observer.constants = None
            constants.forget(self.model.parameters())
        self.arguments = self._draw()
        state = state_tensors(self.model)
        names = tensor_names(self.arguments, state)
        self.before = {**self.arguments.tensors, **{names[n]: t for n, (_, t) in state.items()}}
        self.roles = {**dict.fromkeys(self.arguments.tensors, "input"), **{names[n]: role for n, (role, _) in state.items()}}

    def _draw(self):
        try:
            return self._within(lambda: draw_arguments(self.module, self.model, self.seed))
        except TaskError as error:
            if not error.depends_on_values:
                raise
            raise TaskError(f"{error.message}. The sizes of preset full are found on fake tensors (no values): get_inputs must not depend on values", error.line) from error

    def _within(self, make):
        if self.fake_mode is None:
            with self.observer:
                return make()
        with self.fake_mode, self.observer:
            return make()

    def forward(self, *modes, named=None):
        """Runs forward (on fake tensors where these were asked for) and keeps its outputs; ``named`` learns the inputs' names."""
        import contextlib

        try:
            with contextlib.ExitStack() as stack:
                if self.fake_mode:
                    stack.enter_context(self.fake_mode)
                    stack.enter_context(LayersAsOne())
                positional, keywords, self.given = self.arguments.with_tensors(lambda name, t: t.detach().clone(memory_format=torch.contiguous_format))
                for name, tensor in self.given.items() if named else ():
                    named.name(name, tensor)
                for mode in modes:
                    stack.enter_context(mode)
                self.outputs = flatten_outputs(self.model, run_forward(self.model, positional, keywords, self.seed))
        except TaskError as error:
            if self.fake_mode is None or modes:
                raise
            self._forward_for_real(error)

    def _forward_for_real(self, error):
        size = sum(t.numel() * t.element_size() for t in self.before.values())
        if size > REAL_LIMIT:
            raise TaskError(f"{error.message}. The output shapes of preset full could not be found on fake tensors, and its {size / 2**30:.1f} GiB are too large to run for real: "
                            "forward's shapes must not depend on values", error.line) from error
        self.real_outputs = True
        self.notes.append("forward depends on values: the output shapes of preset full come from a real run")
        model, _ = build_model(self.module, self.seed)
        arguments = draw_arguments(self.module, model, self.seed)
        positional, keywords, _ = arguments.with_tensors(lambda name, t: t.detach().contiguous())
        self.outputs = flatten_outputs(model, run_forward(model, positional, keywords, self.seed))

    def of(self, tensors, smaller=None):
        """Distributions by name; what was not followed is estimated from the real tensors of a smaller preset."""
        found = {}
        for name, tensor in tensors.items():
            known = self.observer.of(self.before.get(name, tensor))
            if known is None:
                real = smaller.get(name) if smaller is not None else tensor
                known = estimate(real) if real is not None else None
            if known is not None and known["kind"] == "constant" and not math.isfinite(known["value"]):
                known = constant(0)
            found[name] = known
        return found


def observe(module, seed, fake, constants=None):
    """``constants``: a Constants that learns what the model's buffers and attributes are made of."""
    return Observation(module, seed, fake, constants)
