"""A task file: its syntax tree, its settings, and modules made from it with constants overridden.

Overrides are made in the syntax tree and the module is executed again: globals set after import would leave constants
that were computed from them stale.
"""

import ast
import copy
import hashlib
import linecache
import sys
import types

from errors import TASK_FILENAME, TaskError, from_exception

SIZE_LIMIT = 1 << 20
PRESET_NAMES = ("small", "odd", "full")
DISTRIBUTION_NAMES = ("standard", "scaled_up", "scaled_down", "negated")
SETTINGS = ("PRESETS", "TOLERANCE", "DISTRIBUTIONS", "IN_PLACE", "STATE_OUTPUTS", "OUTPUT_RULES")
EXAMPLE = 'PRESETS = {"small": {"batch": 3, "dim": 130}, "odd": {"batch": 1, "dim": 257}, "full": {}}'


class TaskFile:
    """The parsed file. ``module(overrides)`` executes it; ``settings`` are read from the unchanged module."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            raise TaskError(f"the task file is larger than {SIZE_LIMIT} bytes (1 MiB)")
        self.sha256 = hashlib.sha256(data).hexdigest()
        try:
            self.source = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TaskError(f"the task file is not UTF-8: {error}") from error
        try:
            self.tree = ast.parse(self.source, TASK_FILENAME)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise from_exception(error, "the task file is not valid Python") from error
        linecache.cache[TASK_FILENAME] = (len(data), None, self.source.splitlines(True), TASK_FILENAME)
        self.constant_names = _assigned_names(self.tree.body)
        self.unchanged = self.execute(self.tree)
        for name in ("Model", "get_inputs"):
            if not callable(getattr(self.unchanged, name, None)):
                raise TaskError(f"the task file has no {name}; it needs class Model(nn.Module), get_inputs() and get_init_inputs()")
        self.settings = Settings(self)

    def module(self, overrides):
        """The module with module-level constants replaced by name."""
        if not overrides:
            return self.unchanged
        return self.execute(override_constants(self.tree, overrides))

    def execute(self, tree):
        """Runs a (rewritten) syntax tree as a fresh module."""
        module = types.ModuleType("task")
        module.__file__ = TASK_FILENAME
        sys.modules["task"] = module
        try:
            exec(compile(tree, TASK_FILENAME, "exec"), module.__dict__)  # noqa: S102 - the whole process is the sandbox
        except BaseException as error:
            raise from_exception(error, "the task file could not be loaded") from error
        return module

    def integer_constants(self, module):
        """Module-level integers in force, by name."""
        found = {}
        for name in self.constant_names:
            value = getattr(module, name, None)
            if type(value) is int and -(2**63) <= value < 2**63:
                found[name] = value
        return found


class Settings:
    """What only KernelForge reads in a task file, validated."""

    def __init__(self, task):
        module = task.unchanged
        self.presets = _preset_setting(task, module)
        self.tolerance = _tolerance_setting(module)
        self.distributions = _distribution_setting(module)
        self.in_place = _names_setting(module, "IN_PLACE")
        self.state_outputs = _names_setting(module, "STATE_OUTPUTS")
        self.output_rules = getattr(module, "OUTPUT_RULES", None) or {}
        if not isinstance(self.output_rules, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in self.output_rules.items()):
            raise TaskError('OUTPUT_RULES must be a dict of strings, as {"out": "index_of(x, 1)"}')


def override_constants(tree, overrides):
    """A copy of the tree in which every module-level assignment to an overridden name has the override as its value."""
    tree = copy.deepcopy(tree)
    left = set(overrides)
    for statement in _module_statements(tree.body):
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name) and target.id in overrides:
                    statement.value = _literal(overrides[target.id], statement.value)
                    left.discard(target.id)
                elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(statement.value, (ast.Tuple, ast.List)):
                    for index, element in enumerate(target.elts):
                        if isinstance(element, ast.Name) and element.id in overrides and index < len(statement.value.elts):
                            statement.value.elts[index] = _literal(overrides[element.id], statement.value.elts[index])
                            left.discard(element.id)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.target.id in overrides:
            statement.value = _literal(overrides[statement.target.id], statement.value or statement.target)
            left.discard(statement.target.id)
    if left:
        known = ", ".join(n for n in _assigned_names(tree.body) if n not in SETTINGS)
        raise TaskError(f"PRESETS overrides {', '.join(repr(n) for n in sorted(left))}, which is no module-level constant of the task; known: {known or 'none'}")
    return tree


def _literal(value, where):
    return ast.fix_missing_locations(ast.copy_location(ast.parse(repr(value), mode="eval").body, where))


def _module_statements(body):
    """Statements of the module's own scope, those inside if, try and with included."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "finalbody"):
            if isinstance(statement, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
                yield from _module_statements(getattr(statement, part, []))


def _assigned_names(body):
    names = {}
    for statement in _module_statements(body):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
        for target in targets:
            for element in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                if isinstance(element, ast.Name):
                    names[element.id] = None
    return list(names)


def _preset_setting(task, module):
    presets = getattr(module, "PRESETS", None)
    if presets is None:
        return None
    if not isinstance(presets, dict) or not all(isinstance(v, dict) for v in presets.values()):
        raise TaskError(f"PRESETS must be a dict of dicts, as {EXAMPLE}")
    for name, overrides in presets.items():
        if name not in PRESET_NAMES:
            raise TaskError(f"PRESETS has {name!r}; known presets: {', '.join(PRESET_NAMES)}")
        for constant, value in overrides.items():
            if not _plain(value):
                raise TaskError(f"PRESETS[{name!r}][{constant!r}] is {type(value).__name__}; an override is a number, bool, string, None or a tuple or list of these")
        override_constants(task.tree, overrides)
    if not any(name in presets for name in ("small", "odd")):
        raise TaskError(f"PRESETS has neither 'small' nor 'odd'; as an example: {EXAMPLE}")
    return {name: dict(presets.get(name, {})) for name in PRESET_NAMES if name in presets or name == "full"}


def _plain(value):
    return value is None or isinstance(value, (bool, int, float, str)) or (isinstance(value, (tuple, list)) and all(_plain(v) for v in value))


def _tolerance_setting(module):
    tolerance = getattr(module, "TOLERANCE", None) or {}
    if not isinstance(tolerance, dict):
        raise TaskError('TOLERANCE must be a dict by dtype, as {"float32": 1e-4}')
    for dtype, value in tolerance.items():
        if dtype not in ("float32", "float16", "bfloat16", "float64") or not isinstance(value, (int, float)) or not 0 < value < 1:
            raise TaskError(f"TOLERANCE[{dtype!r}] = {value!r}: expected float32, float16, bfloat16 or float64 and a number between 0 and 1")
    return {dtype: float(value) for dtype, value in tolerance.items()}


def _distribution_setting(module):
    names = getattr(module, "DISTRIBUTIONS", None)
    if names is None:
        return list(DISTRIBUTION_NAMES)
    if not isinstance(names, (list, tuple)) or not names or any(n not in DISTRIBUTION_NAMES for n in names):
        raise TaskError(f"DISTRIBUTIONS = {names!r}: expected a list out of {', '.join(DISTRIBUTION_NAMES)}")
    return [n for n in DISTRIBUTION_NAMES if n in names]


def _names_setting(module, setting):
    names = getattr(module, setting, None) or []
    if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) for n in names):
        raise TaskError(f"{setting} must be a list of names")
    return list(names)
