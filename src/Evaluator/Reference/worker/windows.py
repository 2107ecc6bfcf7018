"""Which part of an input windows touch: strides beyond a kernel's width, and sampling without antialias, leave elements out."""

import math

SECTOR = 32  # bytes that move together


def touched_share(name, arguments, tensor, output):
    """The share of an input's bytes that an operator with windows needs, by sectors along the last dimension; 1 where nothing is left out."""
    dims = _positions(name, arguments, tensor, output)
    if not dims:
        return 1.0
    share = 1.0
    for place, (size, touched) in enumerate(dims):
        last = place == len(dims) - 1
        width = max(1, SECTOR // tensor.element_size())
        share *= len({p // width for p in touched}) * width / size if last and size % width == 0 else len(touched) / size
    return min(1.0, share)


def _positions(name, arguments, tensor, output):
    """(size, set of positions) of each dimension that windows slide along."""
    if name == "convolution" and not arguments.get("transposed"):
        spatial = tensor.dim() - 2
        kernel, stride, padding, dilation = arguments["weight"].shape[2:], _each(arguments["stride"], spatial), _each(arguments["padding"], spatial), _each(arguments["dilation"], spatial)
    elif name in ("avg_pool2d", "avg_pool3d", "max_pool2d_with_indices", "max_pool3d_with_indices"):
        spatial = 3 if "3d" in name else 2
        kernel = _each(arguments["kernel_size"], spatial)
        stride, padding, dilation = _each(arguments.get("stride") or kernel, spatial), _each(arguments.get("padding", 0), spatial), _each(arguments.get("dilation", 1), spatial)
    elif name.startswith("upsample_") and not name.endswith("_aa"):
        return _sampled(name, arguments, tensor, output)
    else:
        return []
    sizes, counts = tensor.shape[-spatial:], output.shape[-spatial:]
    return [(n, {p for o in range(c) for t in range(k) if 0 <= (p := o * s - q + t * d) < n}) for n, c, k, s, q, d in zip(sizes, counts, kernel, stride, padding, dilation)]


def _sampled(name, arguments, tensor, output):
    spatial = tensor.dim() - 2
    if name.startswith(("upsample_nearest", "upsample_bicubic")):
        reach = (0,) if "nearest" in name else (-1, 0, 1, 2)
    else:
        reach = (0, 1)
    found = []
    for n, c in zip(tensor.shape[-spatial:], output.shape[-spatial:]):
        if "nearest" in name:
            centres = (o * n // c for o in range(c))
        elif arguments.get("align_corners"):
            centres = (math.floor(o * (n - 1) / max(1, c - 1)) for o in range(c))
        else:
            centres = (math.floor((o + 0.5) * n / c - 0.5) for o in range(c))
        found.append((n, {min(n - 1, max(0, p + r)) for p in centres for r in reach}))
    return found


def _each(value, count):
    values = [value] if isinstance(value, int) else list(value)
    return values * count if len(values) == 1 else values
