"""What a task is: every preset's tensors, arguments and settings, as the contract's TaskDescription."""

import re

import torch

import values
from errors import TaskError
from fakes import passing_fakes
from instance import DTYPES, build_model
from trial import PresetRuns
from watch import WatchMode

SEED = 1


def describe(task, name, presets):
    """``presets`` are presets.Presets: modules by name. Small and odd are run for real, full on fake tensors."""
    notes, described, facts = list(presets.notes), {}, None
    for preset in [p for p in presets.names if p != "full"]:
        described[preset], found = _run_preset(task, presets, preset, notes)
        facts = facts.merged(found) if facts else found
    if "full" in presets.names:
        described["full"] = _fake_preset(task, presets, facts, notes)
    settings = task.settings
    _check_settings(settings, facts)
    unranked = _unranked(facts, [p for p in presets.names if p != "full"])
    ordered = {p: described[p] for p in ("small", "odd", "full") if p in described}
    return {"name": name, "sha256": task.sha256, "torch": torch.__version__.split("+")[0], "presets_origin": presets.origin, "derivation": presets.derivation,
            "presets": ordered, "tolerance": settings.tolerance, "distributions": settings.distributions,
            "in_place": sorted(set(settings.in_place) | facts.written_inputs), "state_outputs": settings.state_outputs, "output_rules": settings.output_rules,
            "notes": list(dict.fromkeys(notes)), "unranked_reasons": unranked}


class Facts:
    """What real runs showed: which tensors forward writes to and which outputs are one with an input or state."""

    def __init__(self, execution):
        self.written = set(execution.written)
        self.aliases = dict(execution.aliases)
        self.roles = dict(execution.roles)
        self.outputs = {n: (DTYPES[t.dtype], t.dim()) for n, t in execution.outputs.items()}
        self.before = execution.before
        self.random, self.undefined, self.fakes = set(), set(), []

    @property
    def written_inputs(self):
        return {n for n in self.written if self.roles[n] == "input"}

    def merged(self, other):
        self.written |= other.written
        self.aliases = {n: a for n, a in self.aliases.items() if other.aliases.get(n) == a}
        self.random |= other.random
        self.undefined |= other.undefined
        self.fakes += other.fakes
        return self


def _run_preset(task, presets, preset, notes):
    module = presets.module(preset)
    runs = PresetRuns(module, task.settings)
    watch = WatchMode()
    native, arguments = runs.native(SEED, "standard", watch)
    _, init = build_model(module, SEED)
    facts = Facts(native)
    facts.random, facts.undefined = watch.random, watch.undefined
    facts.fakes = [set(passing_fakes(native, native, task.settings))]
    if facts.fakes[0]:
        notes.append(f"preset {preset}: the cheap fake {', '.join(sorted(facts.fakes[0]))} passes there")
    notes += arguments.contiguous_notes() + arguments.notes
    notes += _state_notes(native, task.settings)
    elements = sum(t.numel() for t in (*native.before.values(), *native.outputs.values()))
    if elements > 6 << 20:
        notes.append(f"preset {preset} has {elements} elements; about 4 million is what a simulator can check in reasonable time")
    found = values.observe(module, SEED, fake=False)
    tensors = tensor_list(native.before, native.roles, native.outputs, facts, task.settings, found.of(native.before))
    return _preset(task, presets, preset, module, init, arguments, tensors), facts


def _fake_preset(task, presets, facts, notes):
    module = presets.module("full")
    full = values.observe(module, SEED, fake=True)
    full.forward()
    if full.real_outputs:
        _check_static(presets.module(next(iter(presets.names))), task.settings)
    notes += full.notes + full.arguments.contiguous_notes()
    for name in full.outputs:
        if name not in facts.outputs or facts.outputs[name] != (DTYPES[full.outputs[name].dtype], full.outputs[name].dim()):
            notes.append(f"output '{name}' has another dtype or number of dimensions at full than at the smaller presets")
    tensors = tensor_list(full.before, full.roles, full.outputs, facts, task.settings, full.of(full.before, facts.before))
    return _preset(task, presets, "full", module, full.init, full.arguments, tensors)


def _check_static(module, settings):
    """Shapes that depend on values are no shapes of a task: no solution could be given its outputs."""
    runs = PresetRuns(module, settings)
    once, again = runs.native(SEED)[0].outputs, runs.native(SEED + 1, "negated")[0].outputs
    for name, tensor in once.items():
        if name not in again or again[name].shape != tensor.shape:
            other = list(again[name].shape) if name in again else "none"
            raise TaskError(f"the shape of output '{name}' depends on the values of the inputs ({list(tensor.shape)} for one draw, {other} for another); expected one shape for all: "
                            "pad the result to the largest that it can be").within(module.Model.forward)


def _preset(task, presets, preset, module, init, arguments, tensors):
    return {"overrides": presets.overrides[preset], "constants": task.integer_constants(module), "init": init, "scalars": arguments.scalars, "tensors": tensors}


def tensor_list(before, roles, outputs, facts, settings, distributions):
    """Inputs, parameters, buffers and outputs in the contract's form."""
    found = []
    order = {"input": 0, "parameter": 1, "buffer": 2}
    checked = set(settings.in_place) | set(settings.state_outputs)
    aliases = {n: a for n, a in facts.aliases.items() if a}
    for name, tensor in sorted(before.items(), key=lambda item: order[roles[item[0]]]):
        found.append({"name": name, "role": roles[name], "dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape),
                      "writable": name in facts.written or name in settings.in_place or name in settings.state_outputs or name in aliases.values(),
                      "checked": name in checked or name in aliases.values(), "alias_of": None, "values": distributions.get(name)})
    for name, tensor in outputs.items():
        found.append({"name": name, "role": "output", "dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "writable": True, "checked": True,
                      "alias_of": aliases.get(name), "values": None})
    return found


def _state_notes(native, settings):
    notes = []
    changed = sorted(n for n in native.written if native.roles[n] != "input" and n not in settings.state_outputs)
    if changed:
        notes.append(f"forward changes {', '.join(changed)}: writable, restored before each execution, not checked (not in STATE_OUTPUTS)")
    unlisted = sorted(n for n in native.written if native.roles[n] == "input" and n not in settings.in_place)
    if unlisted:
        notes.append(f"forward changes input {', '.join(unlisted)} though IN_PLACE does not list it: a solution may change it too")
    return notes


def _unranked(facts, presets):
    """Why a task cannot rank (design §4), as far as the smaller presets show it."""
    reasons = []
    if facts.random:
        reasons.append(f"forward draws random numbers ({', '.join(sorted(facts.random))}): its result changes with the seed")
    if facts.undefined:
        reasons.append(f"forward writes elements more than once ({', '.join(sorted(facts.undefined))}): which write wins is undefined on a GPU")
    everywhere = set.intersection(*facts.fakes) if facts.fakes else set()
    if everywhere:
        reasons.append(f"the cheap fake {', '.join(sorted(everywhere))} passes at {' and '.join(presets)}")
    return reasons


RULE = re.compile(r"^(set|index_of\(\s*([\w.]+)\s*,\s*(-?\d+)\s*\))$")


def _check_settings(settings, facts):
    known = list(facts.roles)
    for setting, names, role in (("IN_PLACE", settings.in_place, "input"), ("STATE_OUTPUTS", settings.state_outputs, None)):
        for name in names:
            if name not in facts.roles or (role and facts.roles[name] != role) or (role is None and facts.roles[name] == "input"):
                fitting = [n for n in known if (facts.roles[n] == "input") == (role == "input")]
                raise TaskError(f"{setting} names {name!r}, which is no {role or 'parameter or buffer'} of the task; known: {', '.join(fitting) or 'none'}")
    for name, rule in settings.output_rules.items():
        if name not in facts.outputs:
            raise TaskError(f"OUTPUT_RULES names {name!r}, which is no output of the task; known: {', '.join(facts.outputs)}")
        match = RULE.match(rule)
        if not match:
            raise TaskError(f"OUTPUT_RULES[{name!r}] = {rule!r}: expected index_of(TENSOR, DIMENSION) or set")
        if match.group(2) and match.group(2) not in known:
            raise TaskError(f"OUTPUT_RULES[{name!r}]: {match.group(2)!r} is no input of the task; known: {', '.join(known)}")
