"""Presets of a task: declared in the file, or derived by shrinking its constants.

Derivation: halve knobs on fake tensors until elements and operations are small enough, then make the sizes odd. A
derived preset is taken only when a real run agrees with its float64 oracle and cheap fakes are told apart there.
"""

import time

import torch

from errors import TaskError
from knobs import Knobs
from task_file import EXAMPLE

ELEMENT_LIMIT = 4 << 20
OPERATION_LIMIT = 1e8
COMFORTABLE = 0.25  # halving goes on to this share of the limits while sizes stay at FEWEST: a trial costs disk and a simulator's time
FEWEST = 32
TIME_LIMIT = 20.0  # seconds of processor time, of the 60 s that a description may take: a busy machine must not change what is derived
SLOW = 1.5  # seconds of processor time for a fake forward, after which everything is halved at once
UNKNOWN = (float("inf"), float("inf"))
SEED = 1


class Presets:
    """Modules by preset; ``given`` are overrides that an earlier description already derived."""

    def __init__(self, task, given=None):
        self.task, self.notes, self.derivation = task, [], []
        self._modules, self._knobs = {}, None
        if task.settings.presets is not None:
            self.origin, self.overrides = "declared", task.settings.presets
        else:
            self.origin = "derived"
            self._knobs = Knobs(task.tree)
            self.overrides = given or Derivation(task, self._knobs, self.derivation, self.notes).presets()
        self.names = list(self.overrides)

    def module(self, preset):
        if preset not in self.names:
            raise TaskError(f"the task has no preset {preset!r}; known: {', '.join(self.names)}")
        if preset not in self._modules:
            overrides = self.overrides[preset]
            if self._knobs is None or not overrides:
                self._modules[preset] = self.task.module(overrides)
            else:
                self._modules[preset] = self.task.execute(self._knobs.apply(overrides))
        return self._modules[preset]


class Derivation:
    """Finds small and odd knobs for a file without PRESETS."""

    def __init__(self, task, knobs, lines, notes):
        self.task, self.knobs, self.lines, self.notes = task, knobs, lines, notes
        self.deadline = time.process_time() + TIME_LIMIT
        self.failure = self.error = None
        self.inherent = False
        self.tier = 1

    def presets(self):
        small = self._small()
        if small is None:
            self.error = None
            if self._cost({}) is None and self.error and not self.error.depends_on_values:
                raise self.error
            why = f"; the last try: {self.failure}" if self.failure else ""
            raise TaskError(f"no smaller sizes could be derived from the file's constants{why}. Add PRESETS to the file, as an example: {EXAMPLE}")
        presets = {"small": small}
        odd = self._odd(small)
        if odd is not None:
            presets["odd"] = odd
        else:
            self.lines.append("odd: no change of sizes by a few was accepted; preset left out")
        presets["full"] = {}
        return presets

    # Shrinking

    def _small(self):
        for tier in (1, 2, 3):
            labels = [k.label for k in self.knobs.of_tiers(tier)]
            if not labels or (tier > 1 and len(labels) == len(self.knobs.of_tiers(tier - 1))):
                continue
            values = {k.label: k.value for k in self.knobs.of_tiers(tier)}
            found = self._shrink(values, tier)
            if found is not None:
                self.tier = tier
                return found
        return None

    def _shrink(self, values, tier):
        original = dict(values)
        started = time.process_time()
        cost = self._cost(values)
        if cost is None:
            return None
        slow = time.process_time() - started > 0.5
        self.lines.append(f"tier {tier}: {_show_cost(cost)} at the published sizes, with knobs {_show(values)}")
        while cost == UNKNOWN:
            values = _halved(values, original, [label for label in values if values[label] > 16], True)
            cost = self._cost(values)
            if cost is None or time.process_time() > self.deadline or all(v <= 16 for v in values.values()):
                return None
        attempts, faked = 0, []
        while True:
            step = self._step(values, original, cost, slow, FEWEST if _measure(cost) <= 1 else 1) if _measure(cost) > COMFORTABLE else None
            if _measure(cost) <= 1 and step is None:
                changed = _changed(values, original)
                problem = self._reject(changed)
                if problem is None:
                    self.lines.append(f"small: {_show(changed) or 'the published sizes'} ({_show_cost(cost)})")
                    return changed
                attempts += 1
                faked += [changed] if problem.startswith("the cheap fake") else []
                self.lines.append(f"turned down {_show(changed)}: {problem}")
                step = self._step(values, original, cost, slow) if attempts <= 3 else None
                if step is None and len(faked) == attempts:
                    self.inherent = True
                    self.lines.append(f"small: {_show(faked[0])}: the fake passes at every size tried, and so at the published one, most likely")
                    return faked[0]
            if step is None:
                self.lines.append(f"tier {tier}: nothing more to halve at {_show_cost(cost)}")
                return None
            values, cost = step

    def _step(self, values, original, cost, slow, fewest=1):
        """The first halving that still runs and is cheaper."""
        for group in _groups(values, slow):
            for ratios in (True, False):
                trial = _halved(values, original, group, ratios)
                if trial == values or (not ratios and trial == _halved(values, original, group, True)):
                    continue
                if any(trial[label] < min(fewest, original[label]) for label in trial if trial[label] != values[label]):
                    continue
                if time.process_time() > self.deadline:
                    self.failure = f"no time left after {TIME_LIMIT:.0f} s"
                    return None
                found = self._cost(trial)
                if found is not None and found != UNKNOWN and _total(found) < _total(cost):
                    return trial, found
        return None

    # Odd sizes

    def _odd(self, small):
        base = {k.label: small.get(k.label, k.value) for k in self.knobs.of_tiers(self.tier)}
        used = [label for label in base if label in small or base[label] >= 8]
        values, moves = dict(base), []
        for value in sorted({base[label] for label in used if base[label] >= 8}, reverse=True):
            group = [label for label in used if base[label] == value]
            for labels in ([group] if len(group) == 1 else [group, *[[label] for label in group]]):
                target = self._nudge(values, labels, value)
                if target is not None:
                    moves.append((labels, value))
                    values.update(dict.fromkeys(labels, target))
                    if len(labels) > 1:
                        break
        while True:
            changed = {label: v for label, v in values.items() if v != self.knobs.by_label[label].value}
            if not moves or time.process_time() > self.deadline + 5:
                return None
            problem = self._reject(changed)
            if problem is None:
                cost = self._cost(values)
                self.lines.append(f"odd: {_show(changed)} ({_show_cost(cost)})")
                return changed
            labels, value = moves.pop()
            values.update(dict.fromkeys(labels, value))

    def _nudge(self, values, labels, value):
        for target in dict.fromkeys([_prime_up_to(value), value - 1, value + 1, value - 3, value + 3, value - 5, value + 5]):
            if target < 1 or target == value or time.process_time() > self.deadline:
                continue
            cost = self._cost({**values, **dict.fromkeys(labels, target)})
            if cost is not None and _measure(cost) <= 1.1:
                return target
        return value if _prime_up_to(value) == value and value % 2 else None

    # Checks

    def _cost(self, values):
        from trace_operators import TooSlow, cost

        try:
            return cost(self._module(values), SLOW)
        except TooSlow:
            return UNKNOWN
        except TaskError as error:
            self.failure, self.error = error.message, error
            return None
        except Exception as error:  # noqa: BLE001 - a size that does not work ends in anything
            self.failure = f"{type(error).__name__}: {str(error)[:300]}"
            return None

    def _module(self, values):
        changed = {label: v for label, v in values.items() if v != self.knobs.by_label[label].value}
        return self.task.execute(self.knobs.apply(changed)) if changed else self.task.unchanged

    def _reject(self, changed):
        """Why sizes are not taken, after a real run, or None."""
        import fakes

        try:
            found = fakes.problem(self._module(changed), self.task.settings, SEED)
            return None if found and self.inherent and found.startswith("the cheap fake") else found
        except TaskError as error:
            self.failure = error.message
            return error.message
        except Exception as error:  # noqa: BLE001
            return f"{type(error).__name__}: {str(error)[:300]}"


def _measure(cost):
    return max(cost[0] / ELEMENT_LIMIT, cost[1] / OPERATION_LIMIT)


def _total(cost):
    """What halving must lower: whichever limit is exceeded more, with the other to tell equals apart."""
    return _measure(cost) + 1e-3 * (cost[0] / ELEMENT_LIMIT + cost[1] / OPERATION_LIMIT)


def _groups(values, slow):
    """Sets of knobs to halve together, in the order of trying."""
    ordered = sorted((label for label in values if values[label] > 1), key=lambda label: -values[label])
    everything = [label for label in ordered if values[label] > 16]
    if slow and everything:
        yield everything
    for label in ordered:
        yield [label]
    for value in sorted({values[label] for label in ordered}, reverse=True):
        equal = [label for label in ordered if values[label] == value]
        if len(equal) > 1:
            yield equal
    if len(everything) > 1:
        yield everything
    for i, first in enumerate(ordered[:8]):
        for second in ordered[i + 1:8]:
            yield [first, second]
    if len(ordered) > 1:
        yield ordered


def _halved(values, original, group, ratios):
    trial = {**values, **{label: max(1, values[label] // 2) for label in group}}
    if ratios:
        # A knob that comes within four times of one that divided it takes that one along: groups must keep several elements.
        for label in group:
            for other, value in values.items():
                if other not in group and value >= 4 and original[label] > original[other] and original[label] % original[other] == 0 and trial[label] < 4 * trial[other]:
                    trial[other] = max(1, value // 2)
    return trial


def _changed(values, original):
    return {label: v for label, v in values.items() if v != original[label]}


def _prime_up_to(value):
    for candidate in range(value, 1, -1):
        if all(candidate % d for d in range(2, int(candidate**0.5) + 1)):
            return candidate
    return value


def _show(values):
    return ", ".join(f"{label} = {value}" for label, value in values.items())


def _show_cost(cost):
    if cost == UNKNOWN:
        return f"a forward that takes over {SLOW} s on fake tensors"
    return f"{cost[0]:,} elements, {cost[1]:.2g} operations"
