"""Claim: the film of a run shows every state that its steps have, costs little of its time, and changes nothing of its result.

    python -m benchmarks.stage [PROBLEM …] [--steps N]

Trains the library's problems, or those that are named, at their default settings, once with a recorder and once without, and prints for
each: moments, and how many pictures differ, each by more than 1 % of the range somewhere from the one before; the step and the error of the
second of these; the film's bytes; the share of the time that recording takes while it trains, and the seconds at its end; whether the final
weights are equal. It exits with 1 where they are not, or where recording takes more than 5 % of the time and 1 s at the end.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.problem.reading.reading import library, load
from core.running.process import prepare
from core.running.recorder import Recorder
from core.running.worker import compile_kernels, warm_up
from core.store import Lease, RunStore, classical
from core.store.moments import unpack
from core.training.training import Snapshot, train

DIFFERENT = 0.01
"""The share of the range by which a picture differs from the one before, somewhere, to count as another."""
SHARE, AT_THE_END = 0.05, 1.2
"""The share of the time while it trains, and the seconds after its last step, that recording may take; the last picture is large."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Filmed:
    """The figures of a run's film; `second` is the step and the error of the second picture that differs."""

    name: str
    steps: int
    seconds: float
    moments: int
    different: int
    second: tuple[int, float | None]
    size: int
    share: float
    end: float
    same: bool

    def told(self) -> str:
        step, error = self.second
        return (
            f"{self.name:24} {self.steps:7,} steps {self.seconds:6.2f} s  {self.moments:4} moments, {self.different:4} different  "
            f"second: step {step:5,}, error {'–' if error is None else f'{error:.1e}':7}  {self.size / 1e6:5.2f} MB  "
            f"{self.share:5.1%} and {self.end:.2f} s  {'same weights' if self.same else 'OTHER WEIGHTS'}"
        )


def filmed(name: str, settings: dict[str, Any], folder: Path) -> Filmed:
    """Train a problem with and without a recorder."""
    experiment = experiment_of(load(name), settings=settings)
    store = RunStore(str(folder / f"{name}.db"))
    classical.find(store, experiment.problem, dict(experiment.values))
    run = store.create(experiment)
    lease = store.lease(run.id, "benchmark")
    assert lease is not None
    snapshot, share, end = recorded(store, lease, experiment)
    *_, alone = train(experiment)
    found = sorted((step, *unpack(data)) for _, step, data in store.moments(run.id, most=100_000, size=10**9))
    pictures = [(header, picture(fields)) for _, header, fields in found]
    seen = different([shown for _, shown in pictures])
    second = pictures[seen[1]][0] if len(seen) > 1 else pictures[-1][0]
    size = sum(len(data) for *_, data in store.moments(run.id, most=100_000, size=10**9))
    step, error = second["step"], max((value for value in second["relative_l2"].values() if value is not None), default=None)
    return Filmed(name, snapshot.step, snapshot.seconds, len(found), len(seen), (step, error), size, share, end, equal(snapshot, alone))


def recorded(store: RunStore, lease: Lease, experiment: Experiment) -> tuple[Snapshot, float, float]:
    """The last snapshot of a training with a recorder, the share of its time that recording took, and the seconds at its end."""
    recorder = Recorder(store, lease, experiment, 0, np.empty((0, len(experiment.terms)), np.float32))
    begun, spent = time.perf_counter(), 0.0
    for snapshot in train(experiment):
        before = time.perf_counter()
        recorder.step(snapshot)
        spent += time.perf_counter() - before if snapshot.step > 0 else 0.0  # the first picture is drawn before the training
    over = time.perf_counter()
    recorder.settle(snapshot)
    recorder.end(snapshot.best(), "done")
    return snapshot, spent / (over - begun), time.perf_counter() - over


def picture(fields: dict[str, Array]) -> Array:
    """The solutions of a moment, (unknowns, n), on the coarsest grid that a film has of them."""
    shown = [field for name, field in fields.items() if name.startswith("solution.")]
    large = shown[0].shape[0] in (401, 101, 33)  # of the full grid: the last moment, or a line
    return np.stack([field[(slice(None, None, 2 if large else 1),) * field.ndim].ravel() for field in shown])


def different(pictures: list[Array]) -> list[int]:
    """The numbers of the pictures that differ from the last of them."""
    whole = np.stack(pictures)  # (pictures, unknowns, n)
    ranges = np.ptp(whole, axis=(0, 2))  # (unknowns,)
    seen = [0]
    for number, shown in enumerate(pictures):
        if (np.abs(shown - pictures[seen[-1]]).max(axis=1) > DIFFERENT * ranges).any():
            seen.append(number)
    return seen


def equal(one: Snapshot, other: Snapshot) -> bool:
    """Tell whether two networks have the same bits."""
    pairs = zip(one.network.state_dict().values(), other.network.state_dict().values(), strict=True)
    return one.step == other.step and all(torch.equal(mine, yours) for mine, yours in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", nargs="*", metavar="PROBLEM", help="a problem of the library (default: all)")
    parser.add_argument("--steps", type=int, metavar="N", help="train for so many steps at most")
    options = parser.parse_args()
    prepare()
    warm_up()
    compile_kernels()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in options.problems or library():
            found = filmed(name, {"steps": options.steps} if options.steps else {}, Path(folder))
            good &= found.same and found.share <= SHARE and found.end <= AT_THE_END
            print(found.told(), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
