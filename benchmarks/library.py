"""Every problem of the library, trained as its file recommends: seconds on one core and relative L2, beside what it promises.

    python -m benchmarks.library [--preset watch] [--only NAME …] [--processes 2] [--json benchmarks/library.json]

Each training has one thread of a process to itself. Its seconds are the processor's, so that others who use the machine count less; the
clock's are beside them. The relative L2 is the largest of all unknowns, on the grid of 401, 101² or 33³ points on which runs are scored.
A promise is kept by no more than it within 20 s: a training that takes longer is judged by its best weights of that moment. One of failure,
which a problem makes as a lesson, is kept by more than a tenth; so is that of the plain training that some files give as one that fails, in
rows of its own. The exit code is 1 where a promise is broken.

`--preset watch` measures the preset with which the page Solve opens, whose promise is a fair picture, 5e-2, of all problems that are no
lesson in failure (`benchmarks/watch.json`).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from core import references
from core.domain import grids
from core.errors import TangenteError
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.experiment.presets import FAILING, SHARP, WATCH
from core.problem.problem import Problem
from core.problem.reading.reading import library, load
from core.running.process import prepare
from core.studies.seeds import FAILED
from core.training.training import train

LIMIT = 20.0
"""Seconds on one core after which a training is judged."""
PLAIN = ", failing"
FAIR = 5e-2
"""The relative L2 error of a picture that one takes for the solution."""
LESSONS = ("allen-cahn", "lagaris-4", "noisy-sine", "schrodinger", "step", "wave")
"""The problems that teach how Adam on a plain network fails, and with Watch show it; what their recipe does about it, Sharp shows."""
NO_REFERENCE = "no reference"


@dataclass(frozen=True)
class Outcome:
    """One problem's training: `seconds` on the processor and `clock`, and the relative L2 error, None where nothing can be compared."""

    name: str
    steps: int
    seconds: float
    clock: float
    error: float | None
    promise: float | None

    @property
    def verdict(self) -> str:
        """Empty where all is as it should be."""
        if self.promise is None:
            return "promises nothing"
        if self.error is None:
            return NO_REFERENCE
        if math.isinf(self.promise):
            return "" if self.error > FAILED else "promises to fail, and does not"
        return "" if self.error <= self.promise else "promise broken"


def measure(name: str, preset: str = SHARP) -> Outcome:
    """Train one problem in this process, by a preset or, with `PLAIN` after its name, as it fails, and score it."""
    problem = load(name.removesuffix(PLAIN))
    if name.endswith(PLAIN):
        return scored(name, experiment_of(problem, preset=FAILING), math.inf, math.inf)
    return scored(name, experiment_of(problem, preset=preset), LIMIT, promised(problem, preset))


def promised(problem: Problem, preset: str) -> float | None:
    """The error that a preset promises; infinite where it is known to fail."""
    if preset != WATCH:
        return problem.promise
    return math.inf if problem.name in LESSONS or math.isinf(problem.promise or 0.0) else FAIR


def scored(name: str, experiment: Experiment, limit: float, promise: float | None) -> Outcome:
    """Train in this process, for `limit` seconds of it at most, and score the best weights."""
    steps, clock, begun = 0, 0.0, time.process_time()
    for snapshot in train(experiment):
        steps, clock = snapshot.step, snapshot.seconds
        if time.process_time() - begun > limit:
            break
    seconds = time.process_time() - begun
    return Outcome(name, steps, seconds, clock, _error(experiment, snapshot.best().network), promise)


def names(preset: str = SHARP) -> list[str]:
    """The names of everything that can be measured."""
    ends = ("", PLAIN) if preset == SHARP else ("",)
    return [name + end for name in library() for end in ends if not end or load(name).failure]


@torch.no_grad()
def _error(experiment: Experiment, network: torch.nn.Module) -> float | None:
    """The largest relative L2 error of the unknowns; never below that of the reference itself."""
    problem = experiment.bound
    try:
        reference = references.solve(problem, experiment.problem.reference)
    except TangenteError as error:
        print(f"{experiment.problem.name}: {error.message}", file=sys.stderr)
        return None
    dtype = next(network.parameters()).dtype
    found = (network(torch.as_tensor(grids.points(grids.axes(problem.coordinates, grids.FULL)), dtype=dtype)).double().numpy())[
        :, : len(problem.unknowns)
    ]  # (n, unknowns), without constants
    known = reference.values.reshape(found.shape)
    distances = np.linalg.norm(found - known, axis=0) / np.linalg.norm(known, axis=0)
    return max(float(distances.max()), reference.error)


def measured(names: Sequence[str], processes: int, preset: str = SHARP) -> Iterator[Outcome]:
    """The outcomes, each as soon as it is there."""
    with ProcessPoolExecutor(processes, get_context("spawn"), prepare) as pool:
        for done in as_completed([pool.submit(measure, name, preset) for name in names]):
            yield done.result()


def written(value: float | None) -> str:
    """A relative L2 error in two digits."""
    return "" if value is None else "failure" if math.isinf(value) else f"{value:.1e}"


def row(outcome: Outcome) -> str:
    """A line of the table."""
    errors = f"{written(outcome.promise):>10}{written(outcome.error):>10}"
    return f"{outcome.name:30}{outcome.steps:>7,}{outcome.seconds:>8.1f}{outcome.clock:>8.1f}{errors}  {outcome.verdict or 'ok'}"


def main() -> None:
    """Train, report each as it ends, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=(SHARP, WATCH), default=SHARP)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names())
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the outcomes there; those of other problems stay")
    options = parser.parse_args()
    wanted = options.only or names(options.preset)
    outcomes: dict[str, Outcome] = {}
    for number, outcome in enumerate(measured(wanted, options.processes, options.preset), 1):
        outcomes[outcome.name] = outcome
        print(f"{number} of {len(wanted)}: {outcome.name} in {outcome.seconds:.1f} s", file=sys.stderr, flush=True)
    print(f"{'problem':30}{'steps':>7}{'core s':>8}{'clock s':>8}{'promised':>10}{'reached':>10}")
    for name in sorted(outcomes):
        print(row(outcomes[name]))
    if options.json is not None:
        keep(options.json, outcomes)
    broken = [name for name, outcome in outcomes.items() if outcome.verdict]
    print(f"{len(outcomes) - len(broken)} of {len(outcomes)} keep what they promise")
    sys.exit(1 if broken else 0)


def keep(file: Path, outcomes: dict[str, Outcome]) -> None:
    """Write the outcomes into a file, beside those of other problems that it holds."""
    known = json.loads(file.read_text()) if file.exists() else {}
    known |= {name: {"steps": it.steps, "seconds": round(it.seconds, 1), "error": it.error} for name, it in outcomes.items()}
    file.write_text(json.dumps({name: known[name] for name in sorted(known) if name in names()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
