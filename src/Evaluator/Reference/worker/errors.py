"""Errors of a task file: what its author must mend, with the line."""

import traceback

TASK_FILENAME = "task.py"


class TaskError(Exception):
    """The task file is wrong or asks for what is not supported; the message is for its author."""

    def __init__(self, message, line=None):
        super().__init__(message)
        self.message = message
        self.line = line

    @property
    def depends_on_values(self):
        """It came from fake tensors, which have shapes and no values: on real ones the same code may run."""
        return any(sign in self.message for sign in ("DataDependent", "DynamicOutputShape", "FakeTensor"))

    def within(self, function):
        """The same error with the line of that function of the task file, where it has none."""
        code = getattr(function, "__code__", None)
        if self.line is not None or code is None or code.co_filename != TASK_FILENAME:
            return self
        return TaskError(f"{self.message} (line {code.co_firstlineno}: {function.__name__})", code.co_firstlineno)


def from_exception(error, doing):
    """A TaskError from what Python raised while the task's code ran: Python's own message and the last line in the task file."""
    if isinstance(error, TaskError):
        return error
    line, code = _task_line(error)
    kind = type(error).__name__
    text = str(error)[:4000]
    message = f"{doing}: {kind}: {text}" if text else f"{doing}: {kind}"
    if isinstance(error, ModuleNotFoundError):
        message += ". A task may import torch, numpy, einops and Python's standard library"
    elif isinstance(error, SystemExit):
        message = f"{doing}: the task file called exit ({error.code!r})"
    elif isinstance(error, (MemoryError, RuntimeError)) and ("allocate memory" in text or isinstance(error, MemoryError)):
        message += ". The limit is the one given to the reference worker (8 GiB)"
    elif "Torch not compiled with CUDA" in text:
        message += ". A task must not name a device: the reference runs on the CPU"
    if line is not None:
        message += f" (line {line}: {code})" if code else f" (line {line})"
    return TaskError(message, line)


def _task_line(error):
    if isinstance(error, SyntaxError) and error.filename == TASK_FILENAME:
        return error.lineno, (error.text or "").strip()
    found, code = None, None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == TASK_FILENAME:
            found, code = frame.lineno, frame.line
    return found, code
