"""How near the exact solution a training comes in a given time, beside the aim.

    python -m benchmarks.accuracy [--only ROW …] [--ways recommended accurate adam deepxde] [--seeds 3] [--processes 2] [--json FILE]

The ways are the recipe of a problem's file; SSBroyden for long; that network with Adam alone, on points that stay; and DeepXDE
with the same network (`pip install -r requirements-benchmarks.txt`; once, where no number of seeds is given). Each training has a process
of its own.

Seconds are the processor's, of one thread, and what it takes to score a training does not count. SSBroyden goes on until they are over;
the recipe may end before: then its last error stands. The relative L2 is that of the page, on the grid
of 401 or 101² points, never below the reference's own error. Shown are the medians over the seeds, with the smallest and the largest, at a
quarter of the time, at half of it and at its end; FILE keeps the whole curves, beside those of other trainings that it holds, for
`benchmarks.accuracy_curves`. The exit code is 1 where a median at the end, of the recipe or of SSBroyden, is above the aim.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from torch import nn

from benchmarks.recorder import MOMENTS, Recorder
from core import references
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.losses import Losses
from core.problem.problem import Problem
from core.problem.reading.reading import load
from core.running.display import Display
from core.running.process import prepare
from core.training.devices import labels, torch_device
from core.training.training import Snapshot, train

SHARES = (0.25, 0.5, 1.0)
ENDLESS = 200_000


@dataclass(frozen=True)
class Row:
    """A problem, the seconds it has, and the relative L2 that is aimed at."""

    problem: str
    seconds: float
    reach: float
    stretch: float
    values: Mapping[str, float] = field(default_factory=dict)


ROWS = {
    "damped-oscillator": Row("damped-oscillator", 10, 3e-8, 1e-9),
    "poisson": Row("poisson", 10, 1e-9, 1e-10),
    "burgers": Row("burgers", 60, 1.5e-5, 1e-6),
    "burgers-0.01": Row("burgers", 60, 1e-6, 1e-6, {"nu": 0.01}),
    "allen-cahn": Row("allen-cahn", 120, 3e-4, 1e-5),
}
POINTS = {1: 300, 2: 1200}
"""Where ways that are held against each other ask the equation to hold, by the number of coordinates."""


def by_us(experiment: Experiment, seconds: float, recorder: Recorder) -> None:
    """Train until all is recorded, or the training has ended."""
    recorder.start()
    for snapshot in train(experiment):
        if recorder.over(lambda: snapshot.best().network):  # noqa: B023  called at once
            return
    recorder.close(lambda: snapshot.best().network)


def by_deepxde(experiment: Experiment, seconds: float, recorder: Recorder) -> None:
    """Train as DeepXDE does, on the problem of an experiment with as many points; nothing is recorded where it is not stated there."""
    from benchmarks.peers import deepxde  # changes PyTorch's defaults

    deepxde.train(experiment, seconds, recorder)


def recipe(problem: Problem) -> Mapping[str, Any]:
    return {}


ACCURATE: Mapping[str, Any] = {
    "depth": 3,
    "width": 20,
    "optimiser": "ssbroyden",
    "points": 5000,
    "resampling": "adapt",
    "period": 500,
    "patience": 5000,
    "precision": "float64",
}
"""SSBroyden with many points that follow the residual: all the digits there are, for minutes."""


def accurate(problem: Problem) -> Mapping[str, Any]:
    return {**ACCURATE, "steps": ENDLESS}


def adam(problem: Problem) -> Mapping[str, Any]:
    chosen = {
        "optimiser": "adam",
        "patience": None,
        "learning_rate": 0.001,
        "schedule": "constant",
        "sampling": "latin-hypercube",
        "resampling": "fixed",
    }
    return {**accurate(problem), **chosen, "points": POINTS[len(problem.coordinates)]}


@dataclass(frozen=True)
class Way:
    """How rows are trained: by what settings, by whom, of what package; how often by itself; and whether it must reach the aims."""

    settings: Callable[[Problem], Mapping[str, Any]]
    train: Callable[[Experiment, float, Recorder], None] = by_us
    package: str = "torch"
    seeds: int = 3
    judged: bool = False


WAYS = {
    "recommended": Way(recipe, judged=True),
    "accurate": Way(accurate, judged=True),
    "adam": Way(adam),
    "deepxde": Way(adam, by_deepxde, "deepxde", seeds=1),
}
Curve = list[tuple[float, float]]
Job = tuple[str, str, int]


def trained(name: str, way: str, seed: int) -> Curve:
    """Seconds and relative L2 error at the moments of a row's time; none where this way cannot."""
    row, how = ROWS[name], WAYS[way]
    problem = load(row.problem)
    experiment = experiment_of(problem, row.values, {**how.settings(problem), "seed": seed})
    reference = references.solve(experiment.bound, experiment.problem.reference)
    display = Display(experiment, Losses(experiment, torch_device(experiment.device)), lambda: reference)

    def error(network: nn.Module) -> float:
        snapshot = cast(Snapshot, SimpleNamespace(network=network))  # a score is the network's alone
        return max(value for value in display.scores(snapshot).relative_l2.values() if value is not None)

    recorder = Recorder(row.seconds, error)
    how.train(experiment, row.seconds, recorder)
    return recorder.curve


def all_trained(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Curve]]:
    """The curves of those that could be trained, each as soon as all before it are there; says which could not."""
    with ProcessPoolExecutor(processes, get_context("spawn"), prepare, max_tasks_per_child=1) as pool:
        for job, curve in zip(jobs, pool.map(trained, *zip(*jobs, strict=True)) if jobs else (), strict=True):
            if curve:
                yield job, curve
            else:
                print(f"{job[1]}: {job[0]} not run, the problem is not stated for it")


def keep(file: Path, found: Mapping[Job, Curve]) -> None:
    """Write the curves into a file, beside those of other trainings that it holds."""
    told = {(run["row"], run["way"], run["seed"]): run for run in (json.loads(file.read_text(encoding="utf-8")) if file.exists() else [])}
    for (row, way, seed), curve in found.items():
        rounded = [[float(f"{value:.4g}") for value in moment] for moment in curve]
        told[row, way, seed] = {
            "row": row, "way": way, "seed": seed, "machine": labels()["cpu"], "seconds": ROWS[row].seconds, "curve": rounded,
        }  # fmt: skip
    order = {name: place for place, name in enumerate([*ROWS, *WAYS])}
    runs = sorted(told.values(), key=lambda run: (order[run["row"]], order[run["way"]], run["seed"]))
    file.write_text("[\n" + ",\n".join(json.dumps(run) for run in runs) + "\n]\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), metavar="ROW")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=[name for name, way in WAYS.items() if way.judged])
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    ways = [name for name in options.ways if importlib.util.find_spec(WAYS[name].package)]
    for name in set(options.ways) - set(ways):
        print(f"{name}: not run, no {WAYS[name].package} is installed (pip install -r requirements-benchmarks.txt)")
    each = {name: range(options.seeds or WAYS[name].seeds) for name in ways}
    found: dict[Job, Curve] = {}
    for job, curve in all_trained([(row, way, seed) for row, way in product(options.only, ways) for seed in each[way]], options.processes):
        found[job] = curve
        if options.json:
            keep(options.json, {job: curve})  # at once: the next may take minutes
    print(f"| problem | way | {' | '.join(f'{share:.0%} of its time' for share in SHARES)} | seconds | aim | beyond |")
    print("|-|-|" + "-|" * len(SHARES) + "-|-|-|")
    good = True
    for name, way in dict.fromkeys((row, way) for row, way, _ in found):
        row = ROWS[name]
        curves = [found[name, way, seed] for seed in each[way]]
        ends = [[curve[MOMENTS.index(share)][1] for curve in curves] for share in SHARES]
        shown = [f"{statistics.median(errors):.1e} ({min(errors):.1e} to {max(errors):.1e})" for errors in ends]
        print(f"| {name} | {way} | {' | '.join(shown)} | {row.seconds:g} | {row.reach:.1e} | {row.stretch:.1e} |")
        good = good and (statistics.median(ends[-1]) <= row.reach or not WAYS[way].judged)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
