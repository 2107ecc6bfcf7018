"""The size at which a task is audited: the published one, with batch-like sizes cut so that it is quick.

A size is batch-like when it is the first dimension of inputs, no parameter's, and either the first of the outputs too or averaged away by a
scalar result: rows are alike, and fewer of them show the same flaws.
"""

import math
from typing import NamedTuple

from torch._subclasses.fake_tensor import FakeTensorMode

from errors import TaskError
from instance import build_model, draw_arguments, flatten_outputs, run_forward
from knobs import Knobs
from trace_operators import TooSlow, cost

BYTES = 48 << 20
OPERATIONS = 3e9
FEWEST = 1
MOST_BYTES = 3 << 28  # of everything; a run holds it several times over
SEED = 1


def audit_module(task):
    """(module, one with half as many rows or None, how it was made): ``cut`` is how many times fewer rows there are."""
    knobs = Knobs(task.tree)
    values = {k.label: k.value for k in knobs.of_tiers(2)}
    original = dict(values)
    fixed = _state_elements(task.unchanged)

    def row_cost(cut):
        """What rows cost: (elements beside the model's own, operations)."""
        elements, operations = _cost(task.execute(knobs.apply(cut)) if cut else task.unchanged)
        return elements - fixed, operations

    elements, operations = row_cost({})
    cut = {}
    if elements * 4 > BYTES or operations > OPERATIONS:
        shapes = _shapes(task.unchanged)
        batch = [label for label in values if values[label] > FEWEST and _batch_like(task, knobs, label, values[label], shapes)]
        batch.sort(key=lambda label: -values[label])
        while batch and (elements * 4 > BYTES or operations > OPERATIONS):
            label = next((b for b in batch if values[b] // 2 >= FEWEST), None)
            if label is None:
                break
            # As far as the larger excess asks for, in one step: every look at the cost is a forward on fake tensors.
            excess = min(max(elements * 4 / BYTES, operations / OPERATIONS), 1e12)
            values[label] = max(FEWEST, values[label] >> max(1, math.ceil(math.log2(excess))))
            cut[label] = values[label]
            try:
                elements, operations = row_cost(cut)
            except (TaskError, RuntimeError):
                values[label] = original[label]
                cut.pop(label)
                batch.remove(label)
                elements, operations = row_cost(cut)
    shrunk = {}
    if (elements + fixed) * 4 > MOST_BYTES or operations > 20 * OPERATIONS:
        shrunk = _shrink(task, knobs, values, original, cut)
    changed = {**cut, **shrunk}
    factor = 1.0
    for label, value in cut.items():
        factor *= original[label] / value
    if not changed:
        text = "the published size"
    else:
        text = ", ".join(f"{label} = {value} of {original[label]}" for label, value in changed.items())
    half = None
    if cut:
        label = next(iter(cut))
        try:
            half = task.execute(knobs.apply({**changed, label: max(1, changed[label] // 2)}))
        except TaskError:
            pass
    return (task.execute(knobs.apply(changed)) if changed else task.unchanged), half, {"text": text, "cut": factor, "shrunk": bool(shrunk)}


def _state_elements(module):
    with FakeTensorMode(allow_non_fake_inputs=True):
        return sum(t.numel() for t in build_model(module, SEED)[0].state_dict().values())


def parameter_share(task, names):
    """Share of a model's parameter elements that some of them have, at the published size."""
    with FakeTensorMode(allow_non_fake_inputs=True):
        sizes = {n: p.numel() for n, p in build_model(task.unchanged, SEED)[0].named_parameters()}
    return sum(sizes.get(n, 0) for n in names) / max(1, sum(sizes.values()))


def _shrink(task, knobs, values, original, cut):
    """No rows left to leave out: the largest sizes are halved until a forward takes seconds."""
    values, shrunk = dict(values), {}
    for _ in range(40):
        label = max((k for k in values if values[k] > 32), key=lambda k: values[k], default=None)
        if label is None:
            break
        trial = {**shrunk, label: values[label] // 2}
        values[label] //= 2
        try:
            elements, operations = _cost(task.execute(knobs.apply({**cut, **trial})))
        except (TaskError, RuntimeError, TooSlow):
            values[label] = 0
            continue
        shrunk = trial
        if elements * 4 <= MOST_BYTES and operations <= 20 * OPERATIONS:
            break
    return shrunk


def _cost(module):
    try:
        return cost(module, 30.0)
    except TooSlow:
        return float("inf"), float("inf")


def _batch_like(task, knobs, label, value, shapes):
    try:
        found = _shapes(task.execute(knobs.apply({label: value // 2})))
    except Exception:  # noqa: BLE001 - a size that does not work on its own is none of a batch
        return False
    if found.state != shapes.state or found.arguments != shapes.arguments or found.inputs.keys() != shapes.inputs.keys():
        return False
    changed = False
    for name, shape in shapes.inputs.items():
        other = found.inputs[name]
        if other != shape:
            if not shape or other[1:] != shape[1:] or other[0] != value // 2 or shape[0] != value:
                return False
            changed = True
    rows = all(len(o) > 0 and len(o) == len(p) and p[1:] == o[1:] and p[0] * value == o[0] * (value // 2) for o, p in zip(shapes.outputs, found.outputs))
    scalar = all(not o or o == (1,) for o in shapes.outputs) and found.outputs == shapes.outputs
    return changed and (rows or scalar)


class Shapes(NamedTuple):
    """Of inputs and of parameters and buffers by name, of outputs; constructor and scalar arguments as text."""

    inputs: dict
    state: dict
    outputs: list
    arguments: tuple


def _shapes(module):
    with FakeTensorMode(allow_non_fake_inputs=True):
        model, init = build_model(module, SEED)
        arguments = draw_arguments(module, model, SEED)
        outputs = flatten_outputs(model, run_forward(model, arguments.positional, arguments.keywords, SEED))
        inputs = {n: tuple(t.shape) for n, t in arguments.tensors.items()}
        state = {n: tuple(t.shape) for n, t in model.state_dict().items()}
        return Shapes(inputs, state, [tuple(t.shape) for t in outputs.values()], (str(init), str(arguments.scalars)))
