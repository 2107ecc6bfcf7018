"""The audit of a task: can a solution that does less than the task asks for be told from one that does it?

Under the published rule (allclose, atol = rtol = 1e-4, one distribution) at sizes near the published ones, and under
KernelForge's own at the smaller presets in every distribution. What is found is evidence; evidence that is a flaw keeps
the task from ranking.
"""

import time

import torch

import distributions
import fakes
from audit_graph import Watch, dead_operators, without_influence
from audit_size import audit_module, parameter_share
from errors import TaskError
from instance import same_bits
from oracle import run_oracle
from trial import PresetRuns

VERSION = 1  # of these rules: what they found before is stale when it changes
SEEDS = (101, 202)
EARLIER = "result of an earlier seed"
PUBLISHED = {"atol": 1e-4, "rtol": 1e-4}
PIECE = 1 << 18  # elements compared at a time
NEAR = 2000  # how many times what allclose allows zeros may be wrong for size to have a chance of hiding it
VANISHING = 0.9  # share of a result that may be left zero unnoticed
SCALAR_DRAWS = 6  # results of a scalar at one size, whose spread is carried over to the published size


class Audit:
    """Evidence about one task. ``presets`` are presets.Presets."""

    def __init__(self, task, presets):
        self.task, self.presets, self.settings = task, presets, task.settings
        self.evidence, self.seconds = [], {}

    def run(self):
        self._timed("published", self._published)
        self._timed("own", self._own)
        self._timed("influence", self._influence)
        flaws = [e for e in self.evidence if e["flaw"]]
        return {"version": VERSION, "ranked": not flaws, "reason": "; ".join(dict.fromkeys(e["detail"] for e in flaws)) or None, "evidence": self.evidence,
                "size": self.size, "seconds": {k: round(v, 1) for k, v in self.seconds.items()}}

    def _timed(self, name, part):
        started = time.process_time()
        part()
        self.seconds[name] = time.process_time() - started

    def _add(self, check, detail, flaw, rule=None, where=None, derived=False):
        self.evidence.append({"check": check, "flaw": flaw, "rule": rule, "where": where, "derived": derived, "detail": detail})

    # The published rule, near the published size

    def _published(self):
        module, fewer, self.size = audit_module(self.task)
        where = self.size["text"]
        watch, runs = Watch(), PresetRuns(module, self.settings)
        native, _ = runs.native(SEEDS[0], mode=watch)
        self._repeatable(watch, where)
        extra = _other_runs(runs, native)
        names = fakes.passing(native.outputs, native, lambda fake, name: _allclose(fake, native.outputs[name]), extra)
        for name in names:
            self._add("fake", f"{name} passes allclose at {where}", True, "published", where)
        if not names:
            self._add("fake", f"no cheap fake passes allclose at {where}", False, "published", where)
        self._extrapolate_scalars(runs, native, names)
        self._extrapolate(fewer, native, extra, names)
        for name, tensor in native.outputs.items():
            if tensor.is_floating_point() and bool(tensor.isnan().any()):
                self._add("not_a_number", f"'{name}' holds NaN for the published inputs", True, None, where)
        self._vanishing(native, where)
        self._no_ops(runs, watch, where)
        for line, share, product in dead_operators(watch, native):
            self._add("dead_work", f"{line}: nothing uses its result", product or share >= 0.01, None, where)

    def _repeatable(self, watch, where):
        if watch.random:
            self._add("randomness", f"forward draws random numbers ({', '.join(sorted(watch.random))}): its result changes with the seed", True, None, where)
        if watch.undefined:
            self._add("undefined_winner", f"forward writes elements more than once ({', '.join(sorted(watch.undefined))}): which write wins is undefined on a GPU", True, None, where)

    def _vanishing(self, native, where):
        for name, tensor in native.outputs.items():
            if tensor.is_floating_point() and tensor.numel() > 1:
                spread = tensor.reshape(-1)[::max(1, tensor.numel() // (4 * PIECE)) | 1]
                share = (spread.abs() <= PUBLISHED["atol"]).double().mean().item()
                if share >= VANISHING:
                    self._add("vanishing", f"{share:.3%} of '{name}' is nearer to zero than allclose sees: a solution may leave it out", True, "published", where)

    def _no_ops(self, runs, watch, where):
        identities = watch.identities()
        if not identities:
            return
        negated = Watch()
        try:
            runs.native(SEEDS[0], "negated", negated)
        except TaskError:
            pass
        always = negated.identities()
        for line in identities:
            inherent = line in always
            self._add("no_op", f"{line} gives back what it is given{'' if inherent else ' for the published inputs'}: it may be left out", True, None if inherent else "published", where)

    def _repeat(self, module, preset):
        runs = PresetRuns(module, self.settings)
        native, same = (runs.native(SEEDS[0])[0].outputs for _ in range(2))
        for name, tensor in native.items():
            if not same_bits(tensor, same[name]):
                self._add("repeatability", f"two runs with one seed give different '{name}'", True, None, preset)

    def _extrapolate_scalars(self, runs, native, passing):
        """A mean over the cut dimensions has a smaller spread at the published size, by the square root of what was cut."""
        outputs = native.outputs
        if EARLIER in passing or self.size["cut"] <= 1 or any(t.numel() > 1 or not t.is_floating_point() for t in outputs.values()):
            return
        draws = [native.outputs] + [runs.native(seed)[0].outputs for seed in range(1000, 1000 + SCALAR_DRAWS)]
        worst = 0.0
        for name in outputs:
            found = torch.stack([d[name].double().reshape(()) for d in draws])
            mean = found.mean().abs().item()
            allowed = PUBLISHED["atol"] + PUBLISHED["rtol"] * mean
            worst = max(worst, found.std().item() / self.size["cut"] ** 0.5 / allowed)
        detail = f"the result's spread over {len(draws)} seeds, carried over to the published size (÷ √{self.size['cut']:.4g}), is {worst:.2g} of what allclose allows"
        # Two results differ by √2 of their spread, as a rule.
        self._add("fake", f"{EARLIER} passes allclose: {detail}" if worst < 0.5 else detail, worst < 0.5, "published", "derived", True)

    def _extrapolate(self, fewer, native, extra, passing):
        """Where rows are not alike (a norm over all of them) a fake's distance grows or shrinks with their number: carried over to the published size."""
        outputs = native.outputs
        if fewer is None or self.size["cut"] <= 2 or all(t.numel() <= 1 for t in outputs.values()):
            return
        here = _distances(native, {EARLIER: extra[EARLIER]})
        if here.get("zeros", NEAR + 1) > NEAR:
            return
        runs = PresetRuns(fewer, self.settings)
        there = _distances(runs.native(SEEDS[0])[0], {EARLIER: runs.native(SEEDS[1])[0].outputs})
        for name, distance in here.items():
            before = there.get(name, 0.0)
            if name in passing or distance <= 0 or before <= 0 or not distance < 0.85 * before:
                continue
            published = distance * (distance / before) ** (torch.tensor(self.size["cut"]).log2().item())
            if published < 0.5:
                self._add("fake", f"{name} passes allclose at the published size: its distance is {distance:.3g} of what is allowed at {self.size['text']} and {before:.3g} with half as many rows, which makes {published:.2g}", True, "published", "derived", True)

    # KernelForge's rule, at the smaller presets

    def _own(self):
        passing, trials, skipped = None, 0, 0
        names = [p for p in self.presets.names if p != "full"]
        for preset in names:
            runs = PresetRuns(self.presets.module(preset), self.settings)
            usual = None
            for distribution in self.settings.distributions or list(distributions.SCALES):
                transform = distributions.transform(distribution)
                native, arguments = runs.native(SEEDS[0], distribution)
                usual = usual or native.outputs
                if distribution != "standard" and (not any(t.is_floating_point() for t in native.inputs.values()) or distributions.skip_reason(native.outputs, usual)):
                    skipped += 1
                    continue
                oracle, _, _ = run_oracle(runs.module, arguments, SEEDS[0], native, transform)
                extra = _other_runs(runs, native, distribution)
                found = set(fakes.passing(oracle.outputs, native, lambda fake, name, n=native, o=oracle: fakes.passes(fake, o.outputs[name], n.outputs[name], self.settings), extra))
                passing = found if passing is None else passing & found
                trials += 1
        where = f"{' and '.join(names)}, {trials} trials"
        for name in sorted(passing or ()):
            self._add("fake", f"{name} passes every trial at {' and '.join(names)}", True, "own", where)
        if not passing:
            self._add("fake", f"no cheap fake passes {trials} trials at {' and '.join(names)}" + (f" ({skipped} mean nothing there)" if skipped else ""), False, "own", where)

    # What the result depends on

    def _influence(self):
        preset = next(iter(self.presets.names))
        module = self.presets.module(preset)
        self._repeat(module, preset)
        found = without_influence(module, SEEDS[0])
        for name in found.inputs:
            self._add("influence", f"input '{name}' has no influence on the result", True, None, preset)
        if found.parameters:
            # Of all elements at the published size: a bias in front of a batch norm is no flaw, a matrix is.
            share = parameter_share(self.task, found.parameters)
            text = ", ".join(f"'{n}'" for n in found.parameters[:4]) + (f" and {len(found.parameters) - 4} more" if len(found.parameters) > 4 else "")
            self._add("influence", f"{'parameter' if len(found.parameters) == 1 else 'parameters'} {text} ({share:.2g} of all elements) without influence on the result", share >= 0.01, None, preset)
        for line in found.work:
            self._add("cancels", f"{line}: its result cancels out", True, None, preset)
        if not found.complete:
            self._add("influence", found.note, False, None, preset)


def audit(task, presets):
    """The audit's verdict and evidence."""
    return Audit(task, presets).run()


def _other_runs(runs, native, distribution="standard"):
    """Results that a solution could give instead: with other numbers, or with fewer bits."""
    found = {EARLIER: runs.native(SEEDS[1], distribution)[0].outputs}
    if fakes.has_single_precision(native):
        found["half-precision arithmetic"] = runs.native(SEEDS[0], distribution, fakes.HalfMode())[0].outputs
    return found


def _allclose(fake, reference):
    """torch.allclose a piece at a time: a fake as a rule fails in the first, and temporaries of a gigabyte cost more than the comparison."""
    if not reference.is_floating_point():
        return torch.equal(fake.to(reference.dtype), reference)
    flat, other = reference.reshape(-1), fake.reshape(-1)
    return all(torch.allclose(other[at:at + PIECE].to(reference.dtype), flat[at:at + PIECE], **PUBLISHED) for at in range(0, max(1, flat.numel()), PIECE))


def _distances(native, extra):
    """How far each fake is from what allclose lets pass: the worst error over what is allowed, of elements spread over the result; below 1 it passes."""
    found = {}
    for name, reference in native.outputs.items():
        if not reference.is_floating_point() or not reference.numel():
            continue
        step = max(1, reference.numel() // PIECE) | 1
        values = reference.reshape(-1)[::step]
        allowed = PUBLISHED["atol"] + PUBLISHED["rtol"] * values.abs()
        for fake, value in fakes.made(reference, native, name, extra).items():
            error = ((value.reshape(-1)[::step].to(reference.dtype) - values).abs() / allowed).nan_to_num(0.0, 0.0, 0.0)
            found[fake] = max(found.get(fake, 0.0), error.max().item() if error.numel() else 0.0)
    return found
