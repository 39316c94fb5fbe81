"""The library in figures: how exactly exact solutions obey it, how good its classical references are, what networks promise and reach.

    python -m benchmarks.problems [--only NAME …] [--write]

`--write` keeps the tables in `docs/problems.md`. The classical methods are asked as for a problem without exact solution, so that their own
estimate of their error can be held against the truth. What networks reach is what `python -m benchmarks.library` measured last. The exit
code is 1 where an exact solution leaves a residual of 1e-8 or a method's error exceeds what it claims.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.library import PLAIN
from core import references
from core.errors import InputError, TangenteError
from core.problem import exact_residuals
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.problem import Problem
from core.problem.reading.reading import library, load
from core.references import Reference

DOCUMENT = Path(__file__).parent.parent / "docs" / "problems.md"
REACHED, WATCHED = (Path(__file__).parent / f"{name}.json" for name in ("library", "watch"))
LIMIT = 1e-8
"""What an exact solution may leave as residual."""
ROUNDING = 1e-13
"""The error below which only float64 is to blame."""

INTRODUCTION = """# The library in figures

Made by `python -m benchmarks.problems --write`, and what networks reach by `python -m benchmarks.library --json benchmarks/library.json`;
see [benchmarks/README.md](../benchmarks/README.md). Errors are relative L2 errors, the largest of all unknowns.
"""
EXACT = """
## Exact solutions and classical references

*Residual*: the largest |left − right| of the exact solution in any equation and in any condition, at random points, in float64.
*Claimed*: the error that the classical method estimates of itself, at the problem's defaults; *true*: its distance from the exact solution,
where there is one. Such a problem does without the classical method, which is shown here as a check on it. All solutions serve scores and
pictures alone; nothing that trains sees them.

| problem | kind | residual: equations | conditions | classical method | claimed | true | seconds |
|-|-|-|-|-|-|-|-|
"""
NETWORKS = """
## What networks promise and reach

*Promised*: the error that the recommended settings reach at the problem's defaults within 20 s on one core, and often pass later; *failure*
is promised as a lesson, and by the plain training that some problems show as *failing*. *Reached*: by the last run of the benchmark, within
20 s.

| problem | | difficulty | promised | reached | steps | core seconds |
|-|-|-|-|-|-|-|
"""
WATCH = """
## What Watch reaches

The preset Watch is Adam as in the textbooks, set for each problem so that one can watch it learn within seconds and that it ends in a fair
picture, 5e-2, unless the problem is a lesson in how plain training fails: `allen-cahn`, `kuramoto-sivashinsky`, `lagaris-4`, `lorenz`,
`schrodinger` and `wave`. The gap to the table above is the lesson.
Made by `python -m benchmarks.library --preset watch --json benchmarks/watch.json`; `cavity` was held against the network of Sharp.

| problem | reached | steps | core seconds |
|-|-|-|-|
"""


@dataclass(frozen=True)
class Row:
    """What is measured of one problem; None where there is nothing to measure. `refusal` says why there is no classical reference."""

    name: str
    equations: float | None
    conditions: float | None
    method: str | None
    claimed: float | None
    true: float | None
    seconds: float | None
    refusal: str

    @property
    def wrong(self) -> str:
        """Empty where all is as it should be."""
        if self.equations is not None and not max(self.equations, self.conditions or 0.0) < LIMIT:
            return "the exact solution does not obey the problem"
        if self.true is not None and self.claimed is not None and not self.true <= max(self.claimed, ROUNDING):
            return "the classical method errs more than it claims"
        return ""


def measure(name: str) -> Row:
    """One problem at its defaults."""
    problem = bind(load(name), {})
    left = exact_residuals.of_exact(problem) if problem.exact else None
    found = classical(problem)
    answer = found if isinstance(found, Reference) else None
    return Row(
        name=name,
        equations=float(np.max(left.equations)) if left and left.equations else None,
        conditions=float(np.max(left.conditions)) if left and left.conditions else None,
        method=answer.method if answer else None,
        claimed=answer.error if answer else None,
        true=distance(problem, answer) if answer and problem.exact else None,
        seconds=answer.seconds if answer else None,
        refusal=found.message if isinstance(found, TangenteError) else "",
    )


def classical(problem: BoundProblem) -> Reference | TangenteError:
    """The answer of the first method other than `exact` that has one, else the last one's error."""
    answer: Reference | TangenteError | None = None if problem.equations else InputError("reference-of-data")
    for method in references.candidates(problem):
        if method != "exact" and problem.equations:
            try:
                return references.solve(problem, method)
            except TangenteError as error:
                answer = error
    assert answer is not None
    return answer


def distance(problem: BoundProblem, reference: Reference) -> float:
    """A reference's relative L2 error, the largest of the unknowns'."""
    exact = references.solve(problem, "exact").values.reshape(-1, len(problem.unknowns))  # (points, unknowns)
    error = reference.values.reshape(exact.shape) - exact
    return float(np.max(np.linalg.norm(error, axis=0) / np.linalg.norm(exact, axis=0)))


def kind(problem: Problem) -> str:
    """ODE or PDE, and whether there are several unknowns; data, where there is no equation."""
    if not problem.equations:
        return "data"
    words = ("ODE" if len(problem.coordinates) == 1 else "PDE", "system" if len(problem.unknowns) > 1 else "")
    return " ".join(word for word in words if word)


def size(value: float | None) -> str:
    """A positive number in two digits; what is smaller than rounding is none."""
    return "" if value is None else "0" if value == 0 else f"{value:.0e}" if value < ROUNDING else f"{value:.1e}"


def reference_line(row: Row) -> str:
    """The problem's line in the first table."""
    problem = load(row.name)
    seconds = "" if row.seconds is None else f"{row.seconds:.1f}"
    cells = (f"`{row.name}`", kind(problem), size(row.equations), size(row.conditions), row.method or "none", size(row.claimed))
    return f"| {' | '.join((*cells, size(row.true), seconds))} |"


def network_line(name: str, reached: dict[str, Any]) -> str:
    """The problem's line in the second table."""
    problem, got = load(name.removesuffix(PLAIN)), reached.get(name, {})
    promise = float("inf") if name.endswith(PLAIN) else problem.promise
    promised = "" if promise is None else "failure" if promise == float("inf") else f"{promise:g}"
    figures = (size(got.get("error")), f"{got['steps']:,}" if got else "", str(got.get("seconds", "")))
    return f"| {' | '.join((f'`{name}`', problem.title, problem.difficulty, promised, *figures))} |"


def document(rows: list[Row]) -> str:
    """The text of `docs/problems.md`."""
    reached = json.loads(REACHED.read_text()) if REACHED.exists() else {}
    refusals = [f"- `{row.name}`: {row.refusal}\n" for row in rows if row.refusal]
    refused = "\nWithout a classical reference:\n\n" + "".join(refusals) if refusals else ""
    first = "".join(f"{reference_line(row)}\n" for row in rows)
    trained = [row.name + end for row in rows for end in ("", PLAIN) if not end or load(row.name).failure]
    second = "".join(f"{network_line(name, reached)}\n" for name in trained)
    return INTRODUCTION + EXACT + first + refused + NETWORKS + second + watched([row.name for row in rows])


def watched(names: Sequence[str]) -> str:
    """The table of the preset Watch."""
    found = json.loads(WATCHED.read_text()) if WATCHED.exists() else {}
    rows = ((name, found[name]) for name in names if name in found)
    lines = (f"| `{name}` | {size(got['error'])} | {got['steps']:,} | {got['seconds']} |\n" for name, got in rows)
    return WATCH + "".join(lines)


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=library(), default=library())
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/problems.md; for the whole library")
    options = parser.parse_args()
    if options.write and tuple(options.only) != library():
        parser.error("--write is for the whole library, without --only")
    with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        rows = list(pool.map(measure, options.only))
    print(document(rows))
    if options.write:
        DOCUMENT.write_text(document(rows), encoding="utf-8")
    wrong = [f"{row.name}: {row.wrong}" for row in rows if row.wrong]
    print("\n".join(wrong), file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
