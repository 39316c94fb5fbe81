"""How often the 95 % interval of a constant covers its true value, over many draws of the noise.

    python -m benchmarks.intervals [--draws 200] [--problems linear logistic]

The interval keeps its word where the share is near 95 %: of 200 draws, from 90 to 98 %. The first problem is linear in the solution and in
its constant, where Laplace's approximation is exact but for the network; the second is not, and is reported as it is.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from typing import Any

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss import intervals
from core.problem.reading.reading import load, problem_from_table
from core.running.process import prepare
from core.training.training import train

LINEAR: dict[str, Any] = {
    "title": "A cup that is heated",
    "coordinates": {"t": [0, 2]},
    "unknowns": ["u"],
    "parameters": {"q": 1},
    "estimate": {"q": 0.5},
    "equations": ["u_t = q - u"],
    "conditions": ["u(0) = 0"],
    "exact": {"u": "q*(1 - exp(-t))"},
    "data": {"points": 30, "noise": 0.05},
}
SMALL: dict[str, Any] = {"depth": 1, "width": 10, "points": 200, "condition_points": 1, "steps": 100}
TABLES = {"linear": LINEAR, "logistic": load("inverse-logistic").table()}
"""The [problem] tables of the problems, by name."""


def main() -> None:
    """Train every draw of each problem, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="draws of the noise of each problem")
    parser.add_argument("--problems", nargs="+", choices=TABLES, default=list(TABLES))
    options = parser.parse_args()
    prepare()
    print("| problem | constant | covered | of those with an interval | of all | median half width | median distance | seconds a run |")
    print("|-|-|-|-|-|-|-|-|", flush=True)
    for problem in options.problems:
        for row in _rows(problem, options.draws):
            print(row, flush=True)


def experiment(problem: str, draw: int) -> Experiment:
    """A small experiment whose data have the noise of a draw."""
    return experiment_of(problem_from_table(TABLES[problem]), {}, {**SMALL, "seed": draw})


def found(asked: Experiment) -> dict[str, intervals.Found]:
    """The constants that training finds."""
    *_, last = (snapshot for snapshot in train(asked))
    return intervals.found(asked, last.best().network)


def _rows(problem: str, draws: int) -> Iterator[str]:
    """A line for each constant."""
    begun = time.perf_counter()
    kept = [found(experiment(problem, draw)) for draw in range(draws)]
    seconds = (time.perf_counter() - begun) / draws
    truths = dict(experiment(problem, 0).values)
    for name in kept[0]:
        one = [item[name] for item in kept]
        told = [item for item in one if item.low is not None and item.high is not None]
        covered = sum(item.low <= truths[name] <= item.high for item in told)  # type: ignore[operator]
        half = statistics.median((item.high - item.low) / 2 for item in told)  # type: ignore[operator]
        off = statistics.median(abs(item.value - truths[name]) for item in one)
        share = f"{100 * covered / max(len(told), 1):.1f} % | {len(told)} | {len(one)}"
        yield f"| {problem} | {name} | {share} | {half:.2g} | {off:.2g} | {seconds:.2g} |"


if __name__ == "__main__":
    main()
