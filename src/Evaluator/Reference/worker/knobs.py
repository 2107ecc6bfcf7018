"""Integers of a task file that set its sizes, and modules made with some of them changed.

Three tiers: module-level integers, tuple elements and folded products; literals in get_inputs and get_init_inputs (equal
literals are one knob); literals in Model.__init__.
"""

import ast
import copy

from task_file import SETTINGS, _module_statements


class Knob:
    """One integer that occurs at one or more places of the syntax tree."""

    def __init__(self, label, value, tier):
        self.label, self.value, self.tier = label, value, tier


class Knobs:
    """All knobs of a tree, with their places marked in it."""

    def __init__(self, tree):
        self.tree = copy.deepcopy(tree)
        self.by_label = {}
        self._module_level()
        self._input_functions()
        self._constructor()

    def of_tiers(self, highest):
        return [k for k in self.by_label.values() if k.tier <= highest]

    def apply(self, values):
        """A tree in which the knobs have the given values (by label)."""
        tree = copy.deepcopy(self.tree)

        class Replace(ast.NodeTransformer):
            def visit(self, node):
                label = getattr(node, "knob", None)
                if label is not None and label in values:
                    return ast.copy_location(ast.Constant(values[label]), node)
                return self.generic_visit(node)

        return ast.fix_missing_locations(Replace().visit(tree))

    def _mark(self, node, label, value, tier):
        if value < 2:
            return
        node.knob = label
        self.by_label.setdefault(label, Knob(label, value, tier))

    def _module_level(self):
        for statement in _module_statements(self.tree.body):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
            names = [t.id for t in targets if isinstance(t, ast.Name)]
            if not names and targets and isinstance(targets[0], (ast.Tuple, ast.List)) and isinstance(statement.value, (ast.Tuple, ast.List)):
                for target, value in zip(targets[0].elts, statement.value.elts):
                    if isinstance(target, ast.Name):
                        self._literals(value, target.id, 1, fold=True)
            elif names and names[0] not in SETTINGS and statement.value is not None:
                self._literals(statement.value, names[0], 1, fold=True)

    def _literals(self, node, label, tier, fold):
        """Marks literals below a node: the node itself takes the label, those inside get an index."""
        value = _integer(node, fold)
        if value is not None:
            self._mark(node, label, value, tier)
            return
        if isinstance(node, ast.Constant):
            return
        count = 0
        for child in _inner(node, fold):
            self._mark(child, f"{label}[{count}]", _integer(child, fold), tier)
            count += 1

    def _input_functions(self):
        for statement in self.tree.body:
            if isinstance(statement, ast.FunctionDef) and statement.name in ("get_inputs", "get_init_inputs"):
                for child in _inner(statement, True):
                    value = _integer(child, True)
                    self._mark(child, f"literal {value} in get_inputs", value, 2)

    def _constructor(self):
        for statement in self.tree.body:
            if isinstance(statement, ast.ClassDef) and statement.name == "Model":
                for part in statement.body:
                    if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                        for child in _inner(part, False):
                            value = _integer(child, False)
                            self._mark(child, f"literal {value} in Model.__init__", value, 3)


def _integer(node, fold):
    """The value of an integer literal, or of a product or sum of literals when folding."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if fold and isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Add, ast.Sub, ast.Pow, ast.FloorDiv, ast.LShift)):
        left, right = _integer(node.left, True), _integer(node.right, True)
        if left is None or right is None or (isinstance(node.op, (ast.Pow, ast.LShift)) and not 0 <= right < 64):
            return None
        try:
            value = {ast.Mult: lambda: left * right, ast.Add: lambda: left + right, ast.Sub: lambda: left - right, ast.Pow: lambda: left**right,
                     ast.FloorDiv: lambda: left // right, ast.LShift: lambda: left << right}[type(node.op)]()
        except (ZeroDivisionError, OverflowError):
            return None
        return value if abs(value) < 2**62 else None
    return None


def _inner(node, fold):
    """Integer literals (folded ones as one) inside a node, in order; subscripts and keyword dim arguments are no sizes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Subscript) or (isinstance(child, ast.keyword) and child.arg in ("dim", "axis", "dtype", "keepdim", "seed")):
            continue
        if isinstance(child, (ast.expr,)) and _integer(child, fold) is not None:
            yield child
        else:
            yield from _inner(child, fold)
