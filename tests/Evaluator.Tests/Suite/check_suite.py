"""Compares the suite's task files with the table of published facts, or runs their smaller presets for real.

    check_suite.py table|run TASKS TABLE OUT NAME...

The reference worker's modules are on PYTHONPATH. OUT receives a JSON object: for each name what was found wrong, and the
most memory that the process took. ``table`` describes the preset full on fake tensors, which allocate nothing.
"""

import ast
import csv
import json
import logging
import re
import resource
import sys
import warnings

import torch

import fakes
import values
from describe import WatchMode
from instance import DTYPES
from oracle import run_oracle
from presets import Presets
from task_file import TaskFile
from trial import PresetRuns, expected_tensors

SEED = 1


def main(mode, tasks, table, out, *names):
    torch.set_num_threads(1)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with open(table, encoding="utf-8", newline="") as file:
        rows = {f"{row['category']}/{row['name']}": row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    found = {}
    for name in names:
        try:
            task = TaskFile(f"{tasks}/{name}.py")
            check = compared if mode == "table" else run
            found[name] = check(Presets(task), rows[name], task)
        except BaseException as error:  # noqa: BLE001 - one task must not hide the others
            found[name] = [f"{type(error).__name__}: {getattr(error, 'message', error)}"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"peak_bytes": peak, "tasks": found}, file)


def compared(presets, row, task):
    """Differences between preset full and the table's row."""
    wrong = []

    def same(what, is_now, published):
        if is_now != published:
            wrong.append(f"{what}: {is_now}, published {published}")

    full = values.observe(presets.module("full"), SEED, fake=True)
    full.forward()
    wrong += full.notes
    same("presets", presets.names, ["small", "odd", "full"])
    tensors, scalars, drawn = inputs_of(row["inputs"])
    same("inputs", [f"{n}:{shown(t)}" for n, t in full.arguments.tensors.items()], tensors)
    same("scalars", {n: json.loads(json.dumps(v)) for n, v in full.arguments.scalars.items()}, scalars)
    known = full.of(full.arguments.tensors, {})
    for name, values_drawn in drawn.items():
        same(f"distribution of {name}", known.get(name), values_drawn)
    given, named = init_of(row["init"])
    same("constructor arguments given", len(presets.module("full").get_init_inputs()), given)
    same("constructor arguments", full.init, named)
    same("parameters and buffers", sum(t.numel() for t in (*full.model.parameters(), *full.model.buffers())), int(row["parameters"]))
    same("outputs", [shown(t) for t in full.outputs.values()], [row["output"]])
    return wrong


def shown(tensor):
    return f"{DTYPES[tensor.dtype]}[{','.join(map(str, tensor.shape))}]"


def inputs_of(text):
    """The table's inputs: tensors as ``name:dtype[shape]``, Python arguments by name, and the distributions that are simple."""
    tensors, scalars, drawn = [], {}, {}
    for part in text.split("; "):
        declared, value = part.split("=", 1)
        name, kind = declared.split(":", 1)
        if kind == "python":
            scalars[name] = json.loads(json.dumps(ast.literal_eval(value)))
            continue
        tensors.append(declared)
        integers = re.fullmatch(r"randint\[(\d+),(\d+)\)", value)
        if value == "rand":
            drawn[name] = values.uniform(0, 1)
        elif value == "zeros":
            drawn[name] = values.constant(0)
        elif integers:
            drawn[name] = values.integers(*map(int, integers.groups()))
        elif value in ("tril(rand)", "triu(rand)"):
            drawn[name] = {**values.uniform(0, 1), "structure": "lower_triangular" if value[:4] == "tril" else "upper_triangular"}
    return tensors, scalars, drawn


def init_of(text):
    """How many constructor arguments the task gives, and the values of all that are plain data."""
    given, named = 0, {}
    for part in text.split("; ") if text else []:
        name, value = part.split("=", 1)
        default = value.endswith("(default)")
        given += not default
        try:
            named[name] = json.loads(json.dumps(ast.literal_eval(value.removesuffix("(default)"))))
        except (ValueError, SyntaxError):
            pass  # a class, as nn.LayerNorm
    return given, named


def run(presets, row, task):
    """What is wrong with a real run of small and odd: a result that is not finite, too large, or not its float64 reference's."""
    wrong = []
    for preset in ("small", "odd"):
        runs = PresetRuns(presets.module(preset), task.settings)
        watch = WatchMode()
        native, arguments = runs.native(SEED, "standard", watch)
        elements = sum(t.numel() for t in (*native.before.values(), *native.outputs.values()))
        if elements > 4 << 20:
            wrong.append(f"{preset}: {elements} elements, more than 4 Mi")
        for name, tensor in native.outputs.items():
            if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
                wrong.append(f"{preset}: {name} is not finite")
        oracle, kind, notes = run_oracle(presets.module(preset), arguments, SEED, native, lambda name, tensor: tensor)
        if kind == "native":
            wrong.append(f"{preset}: no float64 reference")
            continue
        for entry in expected_tensors(native, oracle, None):
            if entry["name"] in native.outputs and entry["dtype"] == "float32" and entry["rms"] and entry["torch_max_error"] > 1e-3 * entry["rms"]:
                wrong.append(f"{preset}: {entry['name']} differs from its float64 reference by more than 1e-3 of its size")
        passing = fakes.passing_fakes(native, oracle, task.settings)
        if passing:
            wrong.append(f"{preset}: the fake {', '.join(passing)} passes")
        if watch.random:
            wrong.append(f"{preset}: forward draws random numbers")
        if watch.undefined:
            wrong.append(f"{preset}: elements are written more than once")
    return wrong


if __name__ == "__main__":
    main(*sys.argv[1:])
