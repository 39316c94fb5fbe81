"""Runs one program in this process and tells how it fares, a JSON object a line. Keeps to Python 3.6 and NumPy.

    python -m core.why_pytorch.frameworks.race PROGRAM TASK [--steps 300] [--change 200]

After step `change` the equation is exchanged, as a person would do it: `program.residual = other`. A program whose next loss has not moved
still trains on the old one; it is then told to rebuild its step, if it can. The events:

- `importing`, then `loaded`: `version`, and `seconds` of the import;
- `built`: `seconds` of making the program and of its first step, and the first `loss`;
- `steps`: `first`, the number of the first of `losses`, and `seconds` since the first step;
- `changed`: after which `step`, whether it `follows`, and the seconds of a `rebuild` that made it, None where none was needed or possible;
- `again`: `seconds` of making a second program in the same process, and of its first step;
- `done`: `steps_per_second` before the change, without the first ten; `wall` and `cpu` in seconds; `memory`, the most in use, in bytes.
"""

import argparse
import importlib
import os
import sys
import time
from pathlib import Path
from typing import Any, Optional

from core.errands.telling import end_with_parent, tell
from core.why_pytorch.frameworks.task import TASKS, Task, read

WARM = 10
"""Steps that are not timed."""
EVERY = 0.1
"""Seconds between two events of steps."""
MOVED = 0.5
"""A loss that has moved by this part of itself in one step has noticed the new equation."""


def keep_to_one_core() -> None:
    """Settings for threads are heeded by some frameworks only."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def race(name: str, task: Task, steps: int, change: int) -> None:
    """Train `steps` steps and tell of them."""
    begun = time.perf_counter()
    tell("importing")
    module = importlib.import_module("core.why_pytorch.frameworks.programs." + name)
    tell("loaded", version=module_version(module), seconds=time.perf_counter() - begun)
    begun = time.perf_counter()
    program = module.Program(task)
    losses = [float(program.step())]
    tell("built", seconds=time.perf_counter() - begun, loss=losses[0])
    begun = told = time.perf_counter()
    sent, timed, rate = 1, begun, 0.0
    for step in range(2, steps + 1):
        losses.append(float(program.step()))
        now = time.perf_counter()
        if step == WARM:
            timed = now
        if step == change:
            rate = (step - WARM) / (now - timed)
        if now - told > EVERY or step in (change, steps):
            tell("steps", first=sent + 1, losses=losses[sent:], seconds=now - begun)
            sent, told = len(losses), now
        if step == change:
            losses.append(exchange(program, task, losses[-1], step))
    before = time.perf_counter()
    module.Program(task).step()
    tell("again", seconds=time.perf_counter() - before)
    tell("done", steps_per_second=rate, wall=before - begun, cpu=time.process_time(), memory=peak())


def exchange(program: Any, task: Task, before: float, step: int) -> float:
    """Exchange the equation, tell what came of it, and return the loss of the step that showed it."""
    program.residual = task.changed
    loss = float(program.step())
    if abs(loss - before) > MOVED * before:
        tell("changed", step=step, follows=True, rebuild=None)
        return loss
    rebuild = None
    if hasattr(program, "rebuild"):
        begun = time.perf_counter()
        program.rebuild()
        loss = float(program.step())
        rebuild = time.perf_counter() - begun if abs(loss - before) > MOVED * before else None
    tell("changed", step=step, follows=False, rebuild=rebuild)
    return loss


def module_version(module: Any) -> str:
    """The version of the package that a program names as its `PACKAGE`, or states itself as `VERSION`."""
    return str(getattr(module, "VERSION", None) or sys.modules[module.PACKAGE].__version__)


def peak() -> Optional[int]:
    """The most memory that this process has had, in bytes; None where the system does not tell.

    Linux's `ru_maxrss` would count what the process that started this one had: it is kept when a program begins (getrusage(2)).
    """
    try:
        with Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.why_pytorch.frameworks.race")
    parser.add_argument("program")
    parser.add_argument("task", help="{}, or a file that states one".format(", ".join(sorted(TASKS))))
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--change", type=int, default=200)
    given = parser.parse_args()
    end_with_parent()
    keep_to_one_core()
    task = TASKS[given.task]() if given.task in TASKS else read(given.task)
    race(given.program, task, given.steps, given.change)


if __name__ == "__main__":
    main()
