"""The float64 oracle: the task's own forward in double precision, accepted only where it agrees with the native run.

Step 1 converts model, plain attributes and default dtype to float64 and runs under a dispatch mode that promotes what is
left; step 2 is the mode alone on the unconverted model; where both fail the native result stands ("native").
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from instance import Execution, build_model, plain_attributes

LOW = (torch.float32, torch.float16, torch.bfloat16)
SEEDED = torch.Tag.nondeterministic_seeded
DEFAULT_DTYPE_DRAWS = {"rand", "randn", "normal"}


def draws(func, args, kwargs):
    """Whether an operator draws random numbers: attention carries the tag also without dropout."""
    if SEEDED not in func.tags:
        return False
    arguments = {a.name: v for a, v in zip(func._schema.arguments, args)} | kwargs
    return not any(a.name == "dropout_p" for a in func._schema.arguments) or arguments.get("dropout_p", 0.0) > 0


class PromoteMode(TorchDispatchMode):
    """Promotes low floats to float64 at every operator but views and writes, and keeps random draws and quantisation points."""

    def __init__(self, native):
        super().__init__()
        self.native = native

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if draws(func, args, kwargs):
            return self._draw(func, args, kwargs)
        if func is torch.ops.aten._to_copy.default:
            return self._convert(args[0], kwargs)
        args, kwargs = tree_map(_high_dtype, (args, kwargs))
        alias = [a.alias_info is not None for a in func._schema.arguments]
        if any(alias):
            return self._view_or_write(func, alias, args, kwargs)
        promoted, keywords = tree_map(promote, (args, kwargs))
        try:
            return func(*promoted, **keywords)
        except RuntimeError:
            return tree_map(promote, func(*args, **kwargs))

    def _view_or_write(self, func, alias, args, kwargs):
        """Aliased arguments keep their storage; the others are promoted unless a written one stays low."""
        names = {a.name: k for k, a in enumerate(func._schema.arguments)}
        keeps = any(alias[i] and isinstance(a, torch.Tensor) and a.dtype in LOW for i, a in enumerate(args) if i < len(alias))
        if keeps and not func._schema.is_mutable:
            return func(*args, **kwargs)
        new = [a if i < len(alias) and alias[i] else tree_map(promote, a) for i, a in enumerate(args)]
        keywords = {k: v if alias[names[k]] else tree_map(promote, v) for k, v in kwargs.items()}
        try:
            return func(*new, **keywords)
        except RuntimeError:
            low = next((a.dtype for i, a in enumerate(args) if i < len(alias) and alias[i] and isinstance(a, torch.Tensor)), self.native)
            lowered = [a if i < len(alias) and alias[i] else tree_map(lambda t: _cast_float(t, low), a) for i, a in enumerate(args)]
            return func(*lowered, **{k: v if alias[names[k]] else tree_map(lambda t: _cast_float(t, low), v) for k, v in kwargs.items()})

    def _convert(self, tensor, kwargs):
        """An explicit quantisation point (narrower than the task's dtype) rounds through it; any other low float becomes float64."""
        dtype = kwargs.get("dtype")
        if dtype in LOW:
            rounded = dtype.itemsize < self.native.itemsize or (dtype.itemsize == self.native.itemsize and dtype is not self.native)
            if rounded and tensor.is_floating_point():
                return torch.ops.aten._to_copy.default(torch.ops.aten._to_copy.default(tensor, dtype=dtype), dtype=torch.float64)
            return torch.ops.aten._to_copy.default(tensor, **{**kwargs, "dtype": torch.float64})
        if dtype is None and tensor.dtype in LOW:
            return torch.ops.aten._to_copy.default(tensor, **{**kwargs, "dtype": torch.float64})
        return torch.ops.aten._to_copy.default(tensor, **kwargs)

    def _draw(self, func, args, kwargs):
        """Random operators run in the native dtype, so that they draw the same numbers, and are promoted after."""
        name = func._schema.name.removeprefix("aten::")
        lower = lambda t: _cast_float(t, self.native)  # noqa: E731
        if name == "native_dropout":
            x = args[0]
            _, mask = func(*tree_map(lower, args), **kwargs)
            p = float(args[1])
            scale = 0.0 if p >= 1 else 1 / (1 - p)
            return promote(x) * mask * scale, mask
        if func._schema.is_mutable and args and isinstance(args[0], torch.Tensor) and func._schema.arguments[0].alias_info is not None:
            if not args[0].is_floating_point() or args[0].dtype is self.native:
                return func(*args, **kwargs)
            temporary = args[0].to(self.native)
            func(temporary, *tree_map(lower, args[1:]), **tree_map(lower, kwargs))
            args[0].copy_(temporary)
            return args[0]
        kwargs = {k: (self.native if v is torch.float64 and k == "dtype" else v) for k, v in kwargs.items()}
        if name in DEFAULT_DTYPE_DRAWS and kwargs.get("dtype") is None and any(a.name == "dtype" for a in func._schema.arguments):
            kwargs["dtype"] = self.native
        return tree_map(promote, func(*tree_map(lower, args), **tree_map(lower, kwargs)))


def promote(value):
    if isinstance(value, torch.Tensor) and value.dtype in LOW:
        return torch.ops.aten._to_copy.default(value, dtype=torch.float64)
    return value


def _high_dtype(value):
    return torch.float64 if value in LOW and isinstance(value, torch.dtype) else value


def _cast_float(value, dtype):
    if isinstance(value, torch.Tensor) and value.dtype is torch.float64 and dtype in LOW:
        return torch.ops.aten._to_copy.default(value, dtype=dtype)
    return value


def native_dtype(execution):
    """The task's own float: the widest low float among inputs, state and outputs; float32 where there is none."""
    dtypes = {t.dtype for t in (*execution.before.values(), *execution.outputs.values()) if t.dtype in LOW}
    return max(dtypes, key=lambda d: (d.itemsize, d is torch.float16), default=torch.float32)


def double_model(model):
    model.double()
    for _, value, put in list(plain_attributes(model, (torch.Tensor, torch.dtype))):
        put(promote(value) if isinstance(value, torch.Tensor) else _high_dtype(value))
    return model


def run_oracle(module, arguments, seed, native, transform):
    """(execution, kind): the reference results and how they were made, and why an earlier step was turned down."""
    dtype = native_dtype(native)
    reasons = []
    for kind in ("float64", "float64_mode"):
        try:
            model, _ = build_model(module, seed)
            if kind == "float64":
                torch.set_default_dtype(torch.float64)
                double_model(model)
            try:
                execution = Execution(model, arguments, seed, transform, promote, PromoteMode(dtype))
            finally:
                torch.set_default_dtype(torch.float32)
            problem = disagreement(execution, native)
        except Exception as error:  # noqa: BLE001 - whatever the task's code raises in double precision turns this step down
            problem = f"{type(error).__name__}: {str(error)[:300]}"
        if problem is None:
            return execution, kind, reasons
        reasons.append(f"{kind}: {problem}")
    return native, "native", reasons


def results(execution):
    """Everything that a forward leaves behind: outputs, and the state and inputs that it wrote to."""
    return {**execution.outputs, **{n: execution.after[n] for n in sorted(execution.written)}}


def disagreement(oracle, native):
    """Why the oracle's outputs are not accepted, or None."""
    if set(oracle.outputs) != set(native.outputs):
        return "another number of outputs"
    for name, expected in native.outputs.items():
        actual = oracle.outputs[name]
        if actual.shape != expected.shape:
            return f"'{name}' has shape {list(actual.shape)} instead of {list(expected.shape)}"
        if expected.is_floating_point():
            if actual.dtype is not torch.float64:
                return f"'{name}' is {actual.dtype} and not float64"
            reference = actual.to(expected.dtype).double()
            finite = torch.isfinite(reference)
            if not torch.equal(finite, torch.isfinite(expected)):
                return f"'{name}' is finite elsewhere"
            difference = (actual - expected.double())[finite].abs()
            largest = difference.max().item() if difference.numel() else 0.0
            limit = (1e-2 if expected.dtype.itemsize >= 4 else 1e-1) * rms(reference[finite])
            if largest > limit:
                return f"'{name}' differs from the native run by {largest:.3g}, more than {limit:.3g}"
        elif expected.numel() and (actual.to(expected.dtype) != expected).double().mean().item() > 0.01:
            return f"'{name}' differs from the native run in more than 1 % of its elements"
    return None


def rms(tensor):
    if tensor.numel() == 0:
        return 0.0
    return tensor.double().square().mean().sqrt().item()
