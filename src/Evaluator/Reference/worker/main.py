"""The reference worker: one JSON request a line on standard input, one JSON reply a line on the pipe KERNELFORGE_PIPE.

Never on standard output: the task's own code may print there. The process is the sandbox's only one, loads one task
file, and serves describe, prepare, trace and audit for it.
"""

import fcntl
import json
import logging
import os
import resource
import sys

import errors

ADDRESS_SPACE = int(os.environ.get("KERNELFORGE_WORKER_MEMORY", 8 << 30))
FILE_SIZE = 4 << 30
OPERATIONS = {name: name for name in ("hello", "describe", "prepare", "trace", "audit")}


class Worker:
    """The open task file and what was made from it."""

    def __init__(self):
        self.path = self.task = self.presets = None
        self.runs = {}

    def open(self, request):
        from presets import Presets
        from task_file import TaskFile

        if self.path != request["task"]:
            self.task = TaskFile(request["task"])
            self.presets = Presets(self.task, request.get("presets"))
            self.path = request["task"]
            self.runs = {}

    def hello(self, request):
        import torch

        return {"torch": torch.__version__.split("+")[0]}

    def describe(self, request):
        import describe

        self.open(request)
        return {"description": describe.describe(self.task, request["name"], self.presets)}

    def prepare(self, request):
        from trial import PresetRuns, prepare

        self.open(request)
        done = []
        for trial in request["trials"]:
            preset = trial["preset"]
            if preset not in self.runs:
                self.runs[preset] = PresetRuns(self.presets.module(preset), self.task.settings)
            done.append(prepare(self.runs[preset], preset, trial["seed"], trial["distribution"], trial["directory"]))
        return {"trials": done}

    def trace(self, request):
        import trace_operators

        self.open(request)
        return {"trace": trace_operators.trace(self.task, self.presets, request.get("preset", "full"))}

    def audit(self, request):
        import audit

        self.open(request)
        return {"audit": audit.audit(self.task, self.presets)}


def main():
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    replies = os.fdopen(os.dup(_message_pipe()), "w", encoding="utf-8")
    _detach_standard_input()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import torch

    torch.set_num_threads(1)
    logging.disable(logging.CRITICAL)  # fake tensors log a traceback a failed trial
    _limit_memory()
    worker, process = Worker(), os.getpid()
    for line in requests:
        request = json.loads(line)
        try:
            reply = {"ok": True, **getattr(worker, OPERATIONS[request["op"]])(request)}
        except errors.TaskError as error:
            reply = {"ok": False, "error": {"kind": "task", "message": error.message, "line": error.line}}
        except OSError as error:
            reply = {"ok": False, "error": {"kind": "system", "message": f"{type(error).__name__}: {error}", "line": None, "errno": error.errno}}
        except (MemoryError, RecursionError) as error:
            found = errors.from_exception(error, "the task needs more than the reference worker may use")
            reply = {"ok": False, "error": {"kind": "task", "message": found.message, "line": found.line}}
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent gets one reply
            import traceback

            reply = {"ok": False, "error": {"kind": "internal", "message": f"{type(error).__name__}: {error}\n" + "".join(traceback.format_tb(error.__traceback__)[-6:]), "line": None}}
        if os.getpid() != process:
            os._exit(0)  # a copy that the task's code forked
        replies.write(json.dumps(reply, allow_nan=False) + "\n")
        replies.flush()
        # What the task printed must not fill the parent's pipe between requests.
        sys.stdout.flush()


def _message_pipe():
    """The pipe's descriptor: named by the parent, else (bubblewrap clears the environment) the one inherited pipe."""
    if "KERNELFORGE_PIPE" in os.environ:
        return int(os.environ.pop("KERNELFORGE_PIPE"))
    for number in sorted(int(n) for n in os.listdir("/proc/self/fd")):
        if number > 2:
            try:
                if os.readlink(f"/proc/self/fd/{number}").startswith("pipe:") and fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
                    return number
            except OSError:
                continue
    raise SystemExit("no message pipe: start the worker with KERNELFORGE_PIPE set to a descriptor")


def _detach_standard_input():
    """The task's code must not read requests."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _limit_memory():
    """Address space on top of what PyTorch has mapped, so that a task that asks for too much gets Python's own message."""
    with open("/proc/self/statm", encoding="ascii") as file:
        mapped = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (mapped + ADDRESS_SPACE, mapped + ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
