"""Problems of papers that show where training fails, trained as ours recommend, beside the errors that the papers print.

    python -m benchmarks.published [--only ROW …] [--seconds 20] [--processes 1] [--markdown docs/accuracy.md]

"Plain" is the best printed for a plain perceptron with fixed weights of the loss, trained by Adam, L-BFGS, or both; "with more" what the
same or later papers print with weights, points, networks or optimisers of their own. Ours is one seed, with the recipe of the problem's
file: the best weights within the given seconds of one core, and the largest relative L2 error of all unknowns. Where a paper's problem is
not ours, it is stated here as in the paper; `differs` says what remains different. The exit code is 1 where ours is above a plain one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.library import Outcome, scored
from benchmarks.steps.page import page
from core.engines import kernel
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.problem.reading.reading import load, problem_from_table
from core.running.process import prepare
from core.training.devices import labels

MARKS = "<!-- made by published from here on -->", "<!-- as far as here -->"


@dataclass(frozen=True)
class Row:
    """A published problem: one of the library, with other `values` and, in `changes`, other statements.

    `plain` is the printed error of a plain training, None where none is known, `more` the best that is printed besides, and `source` where.
    """

    title: str
    problem: str
    plain: float | None
    more: float | None
    source: str
    differs: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)

    def experiment(self) -> Experiment:
        """The experiment as a visitor gets it, with the recipe of the problem's file."""
        problem = load(self.problem)
        stated = problem_from_table({**problem.table(), **self.changes}) if self.changes else problem
        return experiment_of(stated, self.values, problem.recipe if self.changes else None)


KRISHNAPRIYAN = "Krishnapriyan et al., NeurIPS 2021"
RATHORE = "Rathore et al., ICML 2024, tables 1 and 2"
ROWS = {
    "convection": Row("Convection, β = 30", "convection", 7.38e-1, 2.02e-2, f"{KRISHNAPRIYAN}, tables E.1 and 1"),
    "convection-40": Row("Convection, β = 40", "convection", 4.19e-3, 1.94e-3, RATHORE, values={"beta": 40}),
    "reaction": Row("Reaction, ρ = 5", "reaction", 1.92e-2, 9.92e-3, RATHORE),
    "kdv": Row(
        "Korteweg and de Vries, 0.022², cosine",
        "kdv-cosine",
        None,
        3.4e-4,
        "Wang et al. 2025, arXiv 2502.00604, by notes of it",
        changes={"parameters": {"delta": {"value": 4.84e-4, "low": 1e-4, "high": 0.05}}},
    ),
    "helmholtz": Row(
        "Helmholtz, sin πx sin 4πy",
        "helmholtz",
        6.98e-2,
        1.29e-3,
        "Wang, Teng and Perdikaris, SISC 2021, table 3",
        "the rim is met by construction",
        changes={
            "coordinates": {"x": [-1, 1], "y": [-1, 1]},
            "equations": ["lap(u) + k^2*u = (k^2 - 17*pi^2)*sin(pi*x)*sin(4*pi*y)"],
            "exact": {"u": "sin(pi*x)*sin(4*pi*y)"},
        },
    ),
    "wave": Row("Wave, first and fourth tone", "wave", 4.518e-1, 1.728e-3, "Wang, Yu and Perdikaris, JCP 2022, figure 6"),
    "wave-5": Row(
        "Wave, first and fifth tone",
        "wave",
        5.52e-2,
        1.27e-2,
        RATHORE,
        changes={
            "conditions": ["u(x, 0) = sin(pi*x) + sin(5*pi*x)/2", "u_t(x, 0) = 0", "u(boundary) = 0"],
            "exact": {"u": "sin(pi*x)*cos(c*pi*t) + sin(5*pi*x)*cos(5*c*pi*t)/2"},
        },
    ),
    "kovasznay": Row(
        "Kovasznay flow, Re = 40",
        "kovasznay",
        4.25e-3,
        7.2e-4,
        "Jin et al., JCP 2021, tables 2 and 1, the largest of u, v and p",
        "the pressure is given at the outflow, there it is shifted",
        values={"Re": 40},
    ),
    "cavity": Row(
        "Cavity, Re = 100",
        "cavity",
        4.7e-2,
        3.6e-2,
        "PINNacle, NeurIPS 2024, table 3, by notes of it",
        "the lid is 16x²(1 − x)², there 4x(1 − x); the error is that of ψ, there of velocities and pressure",
    ),
}


def measure(name: str, seconds: float) -> Outcome:
    """Train one row in this process."""
    experiment = ROWS[name].experiment()
    kernel.prepare(experiment.precision)
    return scored(name, experiment, seconds, ROWS[name].plain)


def table(outcomes: Mapping[str, Outcome]) -> str:
    """Ours beside what is printed."""
    lines = ["| problem | ours | after, s | plain, printed | with more, printed | where | what differs |", "|-|-:|-:|-:|-:|-|-|"]
    for name, outcome in outcomes.items():
        row = ROWS[name]
        figures = [f"{value:.1e}" if value is not None else "" for value in (outcome.error, row.plain, row.more)]
        lines.append(f"| {row.title} | {figures[0]} | {outcome.seconds:.0f} | {figures[1]} | {figures[2]} | {row.source} | {row.differs} |")
    return "\n".join([*lines, "", f"Machine: {labels()['cpu']}; one thread, one seed."])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), metavar="ROW")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    options = parser.parse_args()
    outcomes: dict[str, Outcome] = {}
    with ProcessPoolExecutor(options.processes, get_context("spawn"), prepare, max_tasks_per_child=1) as pool:
        jobs = {name: pool.submit(measure, name, options.seconds) for name in options.only}
        for name, job in jobs.items():
            outcomes[name] = job.result()
            print(f"{name}: {outcomes[name].error} after {outcomes[name].seconds:.1f} s", file=sys.stderr, flush=True)
    print(table(outcomes))
    if options.markdown:
        text = options.markdown.read_text(encoding="utf-8")
        options.markdown.write_text(page(text, MARKS, table(outcomes)), encoding="utf-8")
    return (
        0
        if all(outcome.promise is None or (outcome.error is not None and outcome.error <= outcome.promise) for outcome in outcomes.values())
        else 1
    )


if __name__ == "__main__":
    sys.exit(main())
