"""Presets of a task: declared in the file, or derived by shrinking its constants."""

from errors import TaskError
from task_file import EXAMPLE


class Presets:
    """Modules by preset; ``given`` are overrides that an earlier description already found."""

    def __init__(self, task, given=None):
        self.task, self.notes, self.derivation = task, [], []
        self._modules = {}
        if task.settings.presets is not None:
            self.origin, self.overrides = "declared", task.settings.presets
        else:
            raise TaskError(f"no PRESETS; add to the file, as an example: {EXAMPLE}")
        self.names = list(self.overrides)

    def module(self, preset):
        if preset not in self.names:
            raise TaskError(f"the task has no preset {preset!r}; known: {', '.join(self.names)}")
        if preset not in self._modules:
            self._modules[preset] = self._make(preset)
        return self._modules[preset]

    def _make(self, preset):
        return self.task.module(self.overrides[preset])
