"""Cheap fakes: outputs that cost nothing to make. Where one passes, a preset cannot tell a kernel from it."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from oracle import run_oracle
from trial import PresetRuns, expected_tensors, results

TOLERANCE = {"float32": 1e-4, "float64": 1e-4, "float16": 1e-2, "bfloat16": 1e-2}


def problem(module, settings, seed):
    """Why a preset cannot be trusted, or None: the native run differs from its oracle, or a cheap fake passes."""
    runs = PresetRuns(module, settings)
    native, arguments = runs.native(seed, "standard")
    oracle, kind, notes = run_oracle(module, arguments, seed, native, lambda name, tensor: tensor)
    if kind == "native":
        return f"no float64 reference agrees with the native run ({'; '.join(notes)})"
    for entry in expected_tensors(native, oracle, None):
        if entry["name"] in native.outputs and entry["dtype"] in ("float32", "float64") and entry["rms"] and entry["torch_max_error"] > 1e-3 * entry["rms"]:
            return f"'{entry['name']}' differs from its float64 reference by {entry['torch_max_error']:.3g} at a size of {entry['rms']:.3g}"
    passing = passing_fakes(native, oracle, settings)
    return f"the cheap fake {' and '.join(passing)} passes there" if passing else None


def passing_fakes(native, oracle, settings):
    """Names of the fakes that pass for every output."""
    reference, tensors = results(oracle), results(native)
    return passing(reference, native, lambda fake, name: passes(fake, reference[name], tensors[name], settings))


def passing(reference, native, accepts, extra=None):
    """Names of the fakes that ``accepts(fake, output name)`` lets through for every output; ``extra`` are outputs by the name of a fake."""
    names = [n for n in native.outputs if not native.aliases.get(n) or native.aliases[n] in native.written]
    if not names:
        return ["the input itself"]
    found = None
    for name in names:
        accepted = {fake for fake, value in made(reference[name], native, name, extra).items() if accepts(value, name)}
        found = accepted if found is None else found & accepted
    return sorted(found or ())


def made(reference, native, name, extra=None):
    """The fakes of one output, by name."""
    found = _fakes(reference, native)
    found.update({fake: outputs[name] for fake, outputs in (extra or {}).items() if outputs[name].shape == reference.shape})
    return found


def has_single_precision(native):
    """A float32 result, which half-precision arithmetic must not pass for."""
    return any(t.dtype is torch.float32 for t in native.outputs.values())


class HalfMode(TorchDispatchMode):
    """Every float result rounded to float16, as kernels that keep half precision between operators have it."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        written = {a.name for a in func._schema.arguments if a.alias_info is not None}
        if not written:
            return tree_map(_rounded, func(*tree_map(_rounded, args), **tree_map(_rounded, kwargs)))
        # What is written or viewed keeps its storage; what is only read is rounded before it gets there.
        args = [value if argument.name in written else tree_map(_rounded, value) for argument, value in zip(func._schema.arguments, args)]
        return func(*args, **{name: value if name in written else tree_map(_rounded, value) for name, value in kwargs.items()})


def _rounded(value):
    if isinstance(value, torch.Tensor) and value.dtype is torch.float32:
        return value.half().float()
    return value


def _fakes(reference, native):
    floating = reference.is_floating_point()
    fakes = {name: torch.tensor(value, dtype=reference.dtype).expand(reference.shape) for name, value in (("zeros", 0), ("ones", 1))}
    if reference.numel() > 1:
        fakes["first element"] = reference.flatten()[0].expand(reference.shape)
        if floating:
            fakes["mean"] = reference.mean().expand(reference.shape)
    for name, tensor in native.before.items():
        if native.roles[name] == "input" and tensor.numel() == reference.numel() and tensor.is_floating_point() == floating:
            fakes[f"input {name}"] = tensor.reshape(reference.shape).to(reference.dtype)
            if tensor.numel() > 1 and not bool((tensor == tensor.flatten()[0]).all()):
                fakes[f"permuted input {name}"] = tensor.flatten().roll(1).reshape(reference.shape).to(reference.dtype)
    return fakes


def passes(fake, reference, native, settings):
    """KernelForge's own rule (design, §7)."""
    if not reference.is_floating_point():
        return torch.equal(fake.to(reference.dtype), reference)
    dtype = str(native.dtype).removeprefix("torch.")
    tolerance = settings.tolerance.get(dtype, TOLERANCE.get(dtype, 1e-4))
    finite = torch.isfinite(reference.to(native.dtype))
    if not bool(finite.all()) and not torch.equal(fake[~finite], reference[~finite].to(fake.dtype)):
        return False
    expected = reference[finite]
    if expected.numel() == 0:
        return True
    error = (native.double() - reference)[finite].abs()
    own = 4 * error[torch.isfinite(error)].max().item() if error.numel() else 0.0
    allowed = torch.clamp(tolerance * torch.clamp(expected.abs(), min=expected.square().mean().sqrt().item()), min=own)
    return bool(((fake[finite].double() - expected).abs() <= allowed).all())
