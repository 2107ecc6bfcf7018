"""One trial: inputs, parameters and state as raw files, the reference results, and the terms of the tolerance."""

import ctypes
import json
import os

import torch

import distributions
from errors import TaskError
from instance import DTYPES, Execution, build_model, draw_arguments
from oracle import results, rms, run_oracle
from reordered import ReorderedMode

MEANINGLESS = {torch.float64: 1e-2, torch.float32: 1e-2, torch.float16: 1e-1, torch.bfloat16: 1e-1}


class PresetRuns:
    """The trials of one preset: keeps the ``standard`` outputs of a seed for the skip rules of the other distributions."""

    def __init__(self, module, settings):
        self.module, self.settings = module, settings
        self._standard = {}

    def native(self, seed, distribution="standard", mode=None):
        """(execution, arguments) in the task's own dtype."""
        model, _ = build_model(self.module, seed)
        arguments = draw_arguments(self.module, model, seed)
        execution = Execution(model, arguments, seed, distributions.transform(distribution), mode=mode)
        return execution, arguments

    def standard_outputs(self, seed):
        if seed not in self._standard:
            self._standard = {seed: self.native(seed, "standard")[0].outputs}
        return self._standard[seed]


def prepare(runs, preset, seed, distribution, directory):
    """Writes one trial to ``directory`` and returns its manifest, which lies there too as manifest.json."""
    native, arguments = runs.native(seed, distribution)
    manifest = {"preset": preset, "seed": seed, "distribution": distribution, "status": "ok", "reason": None, "oracle": None,
                "oracle_notes": [], "tensors": [], "expected": [], "torch": torch.__version__}
    if distribution == "standard":
        runs._standard = {seed: native.outputs}
    elif not any(t.is_floating_point() for t in native.inputs.values()):
        manifest.update(status="skipped", reason="no floating input to scale")
    else:
        reason = distributions.skip_reason(native.outputs, runs.standard_outputs(seed))
        if reason:
            manifest.update(status="skipped", reason=reason)
    if manifest["status"] == "ok":
        transform = distributions.transform(distribution)
        oracle, kind, notes = run_oracle(runs.module, arguments, seed, native, transform)
        reordered = _reordered(runs, seed, distribution)
        manifest.update(oracle=kind, oracle_notes=notes)
        writer = TensorWriter(directory)
        for name, tensor in native.before.items():
            manifest["tensors"].append({"name": name, "role": native.roles[name], "dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "file": writer.write(tensor)})
        manifest["expected"] = expected_tensors(native, oracle, reordered, writer)
        worst = [e for e in manifest["expected"] if e["meaningless"]]
        if worst:
            manifest.update(status="meaningless", reason="; ".join(e["meaningless"] for e in worst))
        for entry in manifest["expected"]:
            del entry["meaningless"]
    text = json.dumps(manifest)
    if directory:
        with open(os.path.join(directory, "manifest.json"), "w", encoding="utf-8") as file:
            file.write(text)
    return manifest


def _reordered(runs, seed, distribution):
    mode = ReorderedMode()
    try:
        execution, _ = runs.native(seed, distribution, mode)
    except TaskError:
        return None
    return execution if mode.replaced else None


def expected_tensors(native, oracle, reordered, writer=None):
    """Outputs and written state with the reference's file and the error terms: E of PyTorch's own run, A of the reordered one."""
    found = []
    wanted, reference, other = results(native), results(oracle), results(reordered) if reordered else {}
    for name, tensor in wanted.items():
        if name not in reference:
            continue
        value = reference[name].detach()
        floating = tensor.is_floating_point()
        value = value.to(torch.float64 if floating else tensor.dtype)
        entry = {"name": name, "alias_of": native.aliases.get(name), "dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape),
                 "file": writer.write(value) if writer else None, "file_dtype": DTYPES[value.dtype], "rms": 0.0, "non_finite": 0,
                 "torch_max_error": 0.0, "torch_rms_error": 0.0, "order_max_error": 0.0, "torch_scaled_error": 0.0, "order_scaled_error": 0.0, "torch_mismatched": 0, "meaningless": None}
        found.append(entry)
        if not floating:
            entry["torch_mismatched"] = int((tensor != value).sum())
            continue
        # Finiteness is judged in the task's dtype: a double may hold what float16 cannot.
        finite = torch.isfinite(value.to(tensor.dtype))
        entry["non_finite"] = value.numel() - int(finite.sum())
        entry["rms"] = rms(value[finite])
        errors = _errors(tensor, value, finite)
        if errors.numel():
            entry["torch_max_error"], entry["torch_rms_error"], entry["torch_scaled_error"] = errors.max().item(), rms(errors), _scaled(tensor, value, finite, entry["rms"])
        if name in other and other[name].shape == value.shape:
            errors = _errors(other[name], value, finite)
            if errors.numel():
                entry["order_max_error"], entry["order_scaled_error"] = errors.max().item(), _scaled(other[name], value, finite, entry["rms"])
        limit = MEANINGLESS[tensor.dtype]
        for term, what in (("torch_scaled_error", "PyTorch's own error"), ("order_scaled_error", "the error of another order of summation")):
            if name in native.outputs and 4 * entry[term] > limit:
                entry["meaningless"] = f"'{name}': 4 x {what} is {4 * entry[term]:.3g} of the element's size, above {limit:.3g}: the result is mostly rounding"
    return found


def _errors(tensor, value, finite):
    errors = (tensor.double() - value)[finite].abs()
    return errors[torch.isfinite(errors)]


def _scaled(tensor, value, finite, size):
    """Largest error of an element at its own scale, max(|ref|, rms): a long-tailed bfloat16 result errs by its ulp where it is large, and is no less exact for it."""
    errors = (tensor.double() - value)[finite].abs() / value[finite].abs().clamp(min=size)
    errors = errors[torch.isfinite(errors)]
    return errors.max().item() if errors.numel() else 0.0


class TensorWriter:
    """Raw little-endian contiguous files in one directory: t000.raw, t001.raw, …; bool is one byte 0 or 1."""

    def __init__(self, directory):
        self.directory, self.count = directory, 0

    def write(self, tensor):
        name = f"t{self.count:03}.raw"
        self.count += 1
        tensor = tensor.detach().contiguous()
        size = tensor.numel() * tensor.element_size()
        with open(os.path.join(self.directory, name), "wb") as file:
            if size:
                file.write((ctypes.c_char * size).from_address(tensor.data_ptr()))
        return name
