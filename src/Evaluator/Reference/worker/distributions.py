"""Input distributions of a trial: the task's own draw, scaled or negated, a floating input at a time, exact zeros kept."""

import torch

SCALES = {"standard": 1.0, "scaled_up": 3.0, "scaled_down": 0.01, "negated": -1.0}


def transform(distribution):
    """``f(name, tensor)`` for the inputs of a trial; integers and bools are never scaled."""
    scale = SCALES[distribution]

    def apply(name, tensor):
        if scale == 1.0 or not tensor.is_floating_point():
            return tensor
        scaled = tensor * scale
        return torch.where(tensor == 0, tensor, scaled)

    return apply


def skip_reason(outputs, standard):
    """Why a distribution means nothing here, or None: outputs of the trial (cast to the task's dtype) against those of ``standard``."""
    for name, tensor in outputs.items():
        if not tensor.is_floating_point() or tensor.numel() == 0:
            continue
        usual = standard[name]
        finite, finite_usual = torch.isfinite(tensor), torch.isfinite(usual)
        lost, lost_usual = tensor.numel() - int(finite.sum()), usual.numel() - int(finite_usual.sum())
        if lost > lost_usual:
            return f"'{name}' has {lost} non-finite elements, {lost_usual} at standard"
        values, values_usual = tensor[finite].double(), usual[finite_usual].double()
        nonzero = values[values != 0].abs()
        if nonzero.numel() and (nonzero < torch.finfo(tensor.dtype).tiny).double().mean().item() > 0.5:
            return f"over half of '{name}' is subnormal in {str(tensor.dtype).removeprefix('torch.')}"
        if values.numel() == 0:
            continue
        size, size_usual = _rms(values), _rms(values_usual)
        if values.numel() > 1 and values_usual.numel() > 1 and bool((values == values[0]).all()) and not bool((values_usual == values_usual[0]).all()):
            return f"'{name}' becomes constant ({values[0].item():.6g})"
        if size < 1e-6 * size_usual:
            return f"the size of '{name}' falls to {size:.3g}, {size_usual:.3g} at standard"
    return None


def _rms(values):
    return values.square().mean().sqrt().item()
