"""Makes the same mistakes in one framework, in this process, and tells what it says. Keeps to Python 3.6 and NumPy.

    python -m core.why_pytorch.frameworks.mistakes PROGRAM

Every mistake is made where people make theirs: in the residual, the function that states the equation. The events:

- `mistake`, for each, with its `name`; the type of error that was `raised`, None where all went on, and its `message`; whether the program
  was `built` before; the `line` of the residual that the traceback shows, None where it shows none; the `loss` of the first step, if any;
- `breakpoint`: how often in `steps` steps the residual was run through, `calls`, and what a debugger in it would show of the first value
  of u: `shown`, a number or a text;
- `uncalled`, of a program that never calls the residual.
"""

import argparse
import importlib
import linecache
import math
import re
import traceback
from typing import Any, Callable, Dict, Optional, Sequence

from core.errands.telling import end_with_parent, tell
from core.why_pytorch.frameworks.task import ode

STEPS = 3
PLACE = re.compile(r"(?:/[^/\s\"']+)*/(?=[^/\s\"']+\.py)")
"""The folders before a program's name."""
LONGEST = 600
"""Characters of a message that are told."""


def shape(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
    return second + forcing[:-1]  # one point is missing


def dimension(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
    return second + forcing[:, 0]  # a row and a column: every point with every other


def nan(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
    return second / (u - u) + forcing  # division by zero


MISTAKES: Dict[str, Callable[..., Any]] = {"shape": shape, "dimension": dimension, "nan": nan}


def make(program: Any, name: str) -> bool:
    """Make a mistake and tell what came of it; whether the framework ever ran through it."""
    wrong = MISTAKES[name]
    calls = []
    task = ode()

    def residual(*given: Any) -> Any:
        calls.append(1)
        return wrong(*given)

    task.residual = residual
    built, loss = False, None
    try:
        made = program(task)
        built = True
        loss = float(made.step())
    except Exception as error:
        tell("mistake", name=name, raised=type(error).__name__, message=said(error), built=built, line=line(error), loss=None)
        return True
    finite = loss is not None and math.isfinite(loss)
    tell("mistake", name=name, raised=None, message="", built=built, line=None, loss=loss if finite else str(loss))
    return bool(calls)


def said(error: Exception) -> str:
    """What the error says, without blank lines and where its files lie, and not at any length."""
    lines = [PLACE.sub("", part.strip()) for part in str(error).splitlines() if part.strip()]
    return "\n".join(lines)[:LONGEST]


def line(error: Exception) -> Optional[str]:
    """The innermost line of this file that the traceback shows within a residual; None where it shows none."""
    names = [wrong.__name__ for wrong in MISTAKES.values()]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == __file__ and frame.name in names]
    return linecache.getline(__file__, frames[-1].lineno or 0).strip() if frames else None


def stop(program: Any) -> None:
    """Tell what somebody sees who stops in the residual."""
    task = ode()
    right = task.residual
    seen = []

    def residual(u: Any, *given: Any) -> Any:
        seen.append(look(u))
        return right(u, *given)

    task.residual = residual
    made = program(task)
    for _step in range(STEPS):
        made.step()
    if seen:
        tell("breakpoint", calls=len(seen), steps=STEPS, shown=seen[-1])
    else:
        tell("uncalled")


def look(u: Any) -> Any:
    """The first value of u as a number, or what stands there instead of one."""
    try:
        value = float(u[0, 0])
    except Exception:
        return str(u)[:80]
    return value if type(value) is float else str(value)[:80]  # TensorFlow's graphs give a symbol for it


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.why_pytorch.frameworks.mistakes")
    parser.add_argument("program")
    given = parser.parse_args()
    end_with_parent()
    module = importlib.import_module("core.why_pytorch.frameworks.programs." + given.program)
    called = [make(module.Program, name) for name in MISTAKES]
    if all(called):
        stop(module.Program)
    else:
        tell("uncalled")


if __name__ == "__main__":
    main()
