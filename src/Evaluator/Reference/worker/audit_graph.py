"""What a forward's result depends on: operators that change nothing, that nobody uses, or whose result cancels out."""

import traceback

import torch
from torch.utils import _pytree as pytree

from errors import TASK_FILENAME
from instance import FORWARD, build_model, draw_arguments, seed_all
from oracle import double_model, promote
from watch import WatchMode, operator_name

NO_INFLUENCE = 1e-11  # of the result's size, in float64: what cancels leaves 1e-15, what merely fades seldom less than 1e-9
HEAVY = ("convolution", "mm", "addmm", "bmm", "baddbmm", "_scaled_dot_product", "linear", "mkldnn_rnn_layer", "lstm", "gru", "_thnn_fused")
HEAVY_NODES = tuple(h.replace("_", "") for h in HEAVY)  # autograd's names of the same
COPIES = ("clone", "copy_", "_to_copy", "contiguous", "detach", "alias", "lift_fresh", "empty", "expand", "constant_pad_nd", "as_strided", "zeros_like")
GUARDS = ("clamp_min", "clamp", "add", "maximum")
GUARD = 1e-5


class Watch(WatchMode):
    """Notes every operator of a run too: what it read and made, and whether it gave back its operand."""

    def __init__(self):
        super().__init__()
        self.operators, self._alive = [], []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = operator_name(func)
        mutable = func._schema.is_mutable
        before = args[0].clone() if mutable and args and isinstance(args[0], torch.Tensor) and args[0].is_floating_point() and args[0].numel() <= 1 << 26 else None
        read = _tensors((args, kwargs))
        result = super().__torch_dispatch__(func, types, args, kwargs)
        made = _tensors(result)
        self._alive += made
        view = any(r.untyped_storage()._cdata == m.untyped_storage()._cdata for r in read for m in made)
        self.operators.append(Operator(name, _line(), [_key(t) for t in read], [_key(t) for t in made], view or mutable, _work(name, read, made), self._is_identity(name, func, args, kwargs, before, made, view)))
        return result

    @staticmethod
    def _is_identity(name, func, args, kwargs, before, made, view):
        """It gave back its first operand, element by element."""
        if name.startswith(COPIES) or not args or not isinstance(args[0], torch.Tensor) or not made:
            return False
        if name.rstrip("_") in GUARDS and any(isinstance(a, float) and abs(a) <= GUARD for a in (*args[1:], *kwargs.values())):
            return False  # a denominator kept from zero
        other = args[1] if len(args) > 1 else None
        if name.rstrip("_") in ("add", "sub", "mul", "div") and isinstance(other, torch.Tensor) and other.numel() < args[0].numel():
            return False  # a bias that starts at zero, a weight that starts at one
        if name.startswith("native_dropout") or (view and before is None) or name.startswith(("native_layer_norm", "native_batch_norm")):
            return False
        given, got = (before if before is not None else args[0]), made[0]
        if not isinstance(given, torch.Tensor) or not given.is_floating_point() or given.dtype != got.dtype or given.numel() != got.numel() or given.numel() < 2:
            return False
        flat, other = given.reshape(-1), got.reshape(-1)
        return torch.equal(flat[:64], other[:64]) and torch.equal(flat, other)

    def identities(self):
        """Lines of operators that gave back their operand each time that they ran."""
        by_place = {}
        for operator in self.operators:
            by_place.setdefault((operator.line, operator.name), []).append(operator.identity)
        return [f"{name} in line {line}" if line else name for (line, name), each in by_place.items() if all(each)]


class Operator:
    """One call: storages read and made, whether it writes through to what it read, multiplications and additions."""

    def __init__(self, name, line, read, made, through, work, identity):
        self.name, self.line, self.read, self.made, self.through, self.work, self.identity = name, line, read, made, through, work, identity


def dead_operators(watch, native):
    """(what, share of the work, whether it is a product) of operators that no output and no written state depends on."""
    wanted = {_key(t) for t in (*native.outputs.values(), *(native.after[n] for n in native.written))}
    total = sum(o.work for o in watch.operators) or 1.0
    dead = {}
    for operator in reversed(watch.operators):
        if any(m in wanted for m in operator.made) or (operator.through and any(r in wanted for r in operator.read)):
            wanted.update(operator.read)
        elif operator.work > 0 and not operator.through:
            key = (operator.name, operator.line)
            dead[key] = dead.get(key, 0.0) + operator.work
    return [(f"{name} in line {line} ({share:.2g} of the operations)" if line else f"{name} ({share:.2g} of the operations)", share, name.startswith(HEAVY))
            for (name, line), work in dead.items() if (share := work / total) >= 1e-4]


class Influence:
    """Names of what has no influence."""

    def __init__(self):
        self.inputs, self.parameters, self.work = [], [], []
        self.complete, self.note = True, None


def without_influence(module, seed):
    """By the gradient of a random combination of the outputs, in float64: of floating inputs and parameters."""
    found = Influence()
    model, _ = build_model(module, seed)
    arguments = draw_arguments(module, model, seed)
    torch.set_default_dtype(torch.float64)
    try:
        double_model(model)
        leaves = {}

        def leaf(name, tensor):
            made = promote(tensor.detach().clone())
            if made.is_floating_point():
                leaves[name] = made.requires_grad_()
                return made * 1  # not a leaf: forward may write to it
            return made

        positional, keywords, _ = arguments.with_tensors(leaf)
        parameters = {n: p for n, p in model.named_parameters() if p.is_floating_point()}
        for p in parameters.values():
            p.requires_grad_()
        seed_all(seed, FORWARD)
        with torch.enable_grad():
            outputs = _tensors(model(*positional, **keywords))
            floating = [o for o in outputs if o.is_floating_point() and o.requires_grad]
            if not floating:
                found.complete, found.note = False, "the result is not differentiable: what it depends on was not looked at"
                return found
            generator = torch.Generator().manual_seed(seed)
            weights = [torch.randn(o.shape, generator=generator, dtype=torch.float64) for o in floating]
            finite = [torch.where(torch.isfinite(o), o, torch.zeros_like(o)) for o in floating]
            total = sum((w * o).sum() for w, o in zip(weights, finite))
        size = sum((w * o.detach()).square().sum().item() for w, o in zip(weights, finite)) ** 0.5 or 1.0
        nodes = _watch_nodes(total.grad_fn)
        every = {**{("input", n): t for n, t in leaves.items()}, **{("parameter", n): t for n, t in parameters.items()}}
        gradients = torch.autograd.grad(total, list(every.values()), allow_unused=True)
        for ((role, name), tensor), gradient in zip(every.items(), gradients):
            weight = 0.0 if gradient is None else (gradient.detach() * _scale(tensor)).square().sum().sqrt().item()
            if weight <= NO_INFLUENCE * size and tensor.numel():
                if role == "input":
                    found.inputs.append(name)
                else:
                    found.parameters.append(name)
        found.work = [name for name, largest in nodes.items() if largest <= NO_INFLUENCE * 1e-3]
        return found
    except Exception as error:  # noqa: BLE001 - an in-place write that autograd refuses, a custom function: no statement then
        found.inputs, found.parameters, found.work = [], [], []
        found.complete, found.note = False, f"no gradient: {type(error).__name__}: {str(error)[:200]}"
        return found
    finally:
        torch.set_default_dtype(torch.float32)


def _scale(tensor):
    return max(tensor.detach().abs().max().item(), 1e-3) if tensor.numel() else 0.0


def _watch_nodes(root):
    """Largest gradient that reached each heavy operator; filled by the backward pass."""
    found, seen, stack = {}, set(), [root]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        stack += [n for n, _ in node.next_functions]
        name = node.name()
        if name.lower().startswith(HEAVY_NODES):
            label = f"{name.removesuffix('0').removesuffix('Backward')} number {sum(k.startswith(name[:6]) for k in found) + 1}"
            found[label] = 0.0

            def keep(gradients, label=label):
                found[label] = max([found[label], *(g.abs().max().item() for g in gradients if g is not None and g.numel())])

            node.register_prehook(keep)
    return found


def _tensors(nested):
    return [t for t in pytree.tree_leaves(nested) if isinstance(t, torch.Tensor)]


def _key(tensor):
    return tensor.untyped_storage()._cdata


def _work(name, read, made):
    """Multiplications and additions of products, elements of all else."""
    elements = float(sum(t.numel() for t in made))
    if name.startswith(("mm", "addmm", "bmm", "baddbmm")) and len(read) >= 2:
        return 2.0 * elements * read[-2].shape[-1]
    if name.startswith("convolution") and len(read) >= 2:
        return 2.0 * elements * read[1].numel() / max(1, read[1].shape[0])
    return elements


def _line():
    """The line of the task file that is running."""
    for frame in reversed(traceback.extract_stack(limit=60)):
        if frame.filename == TASK_FILENAME:
            return frame.lineno
    return None
