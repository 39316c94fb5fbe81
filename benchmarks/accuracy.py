"""How near the exact solution a training comes in a given time: the recipe of a problem's file, and the preset "Accurate", beside the aim.

    python -m benchmarks.accuracy [--only ROW …] [--ways recommended accurate] [--seeds 3] [--processes 2] [--json FILE]

Seconds are the processor's, of one thread, and what it takes to score a training does not count. The preset goes on until they are over;
the recipe, whose schedule ends with its steps, may end before: then its last error stands. The relative L2 is that of the page, on the grid
of 401 or 101² points, never below the reference's own error. Shown are the medians over the seeds, with the smallest and the largest, at a
quarter of the time, at half of it and at its end. The exit code is 1 where a median at the end, of either way, is above the aim.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from core import references
from core.devices import torch_device
from core.experiment import Experiment
from core.fields import Display
from core.losses import Losses
from core.problem import load
from core.process import prepare
from core.training import Snapshot, train
from dashboard.presets import PRESETS

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
WAYS: dict[str, Mapping[str, Any]] = {"recommended": {}, "accurate": {**PRESETS["accurate"].settings, "steps": ENDLESS}}


def trained(name: str, way: str, seed: int) -> list[float]:
    """The relative L2 errors at the shares of a row's time."""
    row = ROWS[name]
    experiment = Experiment.of(load(row.problem), row.values, {**WAYS[way], "seed": seed})
    reference = references.solve(experiment.bound, experiment.problem.reference)
    display = Display(experiment, Losses(experiment, torch_device(experiment.device)), lambda: reference)

    def error(snapshot: Snapshot) -> float:
        return max(value for value in display.scores(snapshot.best()).relative_l2.values() if value is not None)

    errors: list[float] = []
    spent = 0.0
    begun = time.process_time()
    for snapshot in train(experiment):
        spent += time.process_time() - begun
        while len(errors) < len(SHARES) and spent >= SHARES[len(errors)] * row.seconds:
            errors.append(error(snapshot))
        if len(errors) == len(SHARES):
            return errors
        begun = time.process_time()
    return errors + [error(snapshot)] * (len(SHARES) - len(errors))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), metavar="ROW")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    jobs = list(product(options.only, options.ways, range(options.seeds)))
    with ProcessPoolExecutor(options.processes, get_context("spawn"), prepare) as pool:
        found = dict(zip(jobs, pool.map(trained, *zip(*jobs, strict=True)), strict=True))
    if options.json:
        told = [{"row": row, "way": way, "seed": seed, "errors": found[row, way, seed]} for row, way, seed in jobs]
        options.json.write_text(json.dumps(told), encoding="utf-8")
    print(f"| problem | way | {' | '.join(f'{share:.0%} of its time' for share in SHARES)} | seconds | aim | beyond |")
    print("|-|-|" + "-|" * len(SHARES) + "-|-|-|")
    good = True
    for name, way in product(options.only, options.ways):
        row = ROWS[name]
        each = list(zip(*(found[name, way, seed] for seed in range(options.seeds)), strict=True))
        shown = [f"{statistics.median(errors):.1e} ({min(errors):.1e} to {max(errors):.1e})" for errors in each]
        print(f"| {name} | {way} | {' | '.join(shown)} | {row.seconds:g} | {row.reach:.1e} | {row.stretch:.1e} |")
        good = good and statistics.median(each[-1]) <= row.reach
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
