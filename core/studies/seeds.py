"""One experiment with several seeds: how much of a result is luck, from the runs that the store has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.ranges import Integer
from core.store import Run, RunStore
from core.store.frames import unpack
from core.studies.spread import Array, Series, Spread, spread

COUNT = Integer(3, 20)
"""How many seeds to train."""
USUAL = 5
FAILED = 0.1
"""The relative L2 error above which a training has failed."""


@dataclass(frozen=True)
class History:
    """The total loss, and the relative L2 error as far as it is known, of one run; each by the step and by the second of training."""

    loss: Series
    loss_in_seconds: Series
    error: Series
    error_in_seconds: Series


@dataclass(frozen=True)
class Sought:
    """What the runs that are done found for a constant: its spread over those `count` of them that leave it in no doubt, if any do.

    `doubted` others leave it in doubt. Runs that are all stuck at a wrong value agree, and their spread would be taken for an error.
    """

    count: int
    doubted: int
    spread: Spread | None


@dataclass(frozen=True)
class Outcome:
    """What the runs that have ended come to: the spread of their `error`, None without a reference, and of their `loss`, over `count`.

    A run that diverged counts as infinitely wrong. `failed` of them have an error above `FAILED`, or have diverged. `constants` are those
    that were to be found, by name: with data of one's own they move with the start of a training alone, with data made from the reference
    with their noise, too.
    """

    count: int
    error: Spread | None
    loss: Spread
    failed: int
    constants: Mapping[str, Sought]


def experiments(experiment: Experiment, count: int) -> tuple[Experiment, ...]:
    """The experiment with `count` seeds, from its own on; where there are none so large, with the last `count`."""
    limits = HYPERPARAMETERS["seed"].range
    assert isinstance(limits, Integer)
    first = min(experiment.seed, limits.high - count + 1)
    return tuple(replace(experiment, seed=seed) for seed in range(first, first + count))


def error(scores: Mapping[str, float | None] | None) -> float | None:
    """The largest of the unknowns' relative L2 errors; None where they are not known."""
    known = [score for score in (scores or {}).values() if score is not None]
    return max(known, default=None)


def ended(run: Run) -> bool:
    """Whether a run tells how good its experiment is: it has come to its end, or to a loss that is not finite."""
    return run.status in ("done", "diverged")


def outcome(runs: Iterable[Run]) -> Outcome | None:
    """The outcome of those runs that have ended; None where none has."""
    over = [run for run in runs if ended(run)]
    if not over:
        return None
    errors = [_counted(run, error(run.relative_l2)) for run in over]
    done = [value for run, value in zip(over, errors, strict=True) if run.status == "done"]
    scored = not done or not all(map(math.isnan, done))
    failed = sum(run.status == "diverged" or value > FAILED for run, value in zip(over, errors, strict=True))
    losses = [_counted(run, run.loss) for run in over]
    return Outcome(len(over), spread(errors) if scored else None, spread(losses), failed, _constants(over))


def history(store: RunStore, run: Run) -> History:
    """The course of a run as the store has it, from the first step on: the loss after each step, the errors and times of its moments."""
    moments = store.headers(run.id)
    failed = run.status == "diverged"
    rows = store.losses(run.id).astype(np.float64)  # (1 + steps, terms)
    total = rows[1:] @ np.array([weight for _, weight in run.experiment.weights])  # (steps,)
    steps = np.arange(1.0, len(total) + 1)
    begun = [moment for moment in moments if moment["step"] > 0]
    scored = [(moment["step"], value) for moment in begun if (value := error(moment["relative_l2"])) is not None]
    places, errors = np.array(scored, np.float64).reshape(-1, 2).T
    clock = _Clock(run, moments)
    return History(
        Series(steps, total, failed),
        clock.timed(steps, total, failed),
        Series(places, errors, failed),
        clock.timed(places, errors, failed),
    )


def fields(store: RunStore, runs: Sequence[Run]) -> tuple[dict[str, Array], dict[str, NDArray[np.float32]]]:
    """The axes, and each unknown of all runs that are done, (runs, …), on the grid on which solutions are kept; empty without such runs."""
    frames = [frame for run in runs if run.status == "done" and (frame := store.frame(run.id)) is not None]
    unpacked = [unpack(data)[1] for _version, data in frames]
    if not unpacked:
        return {}, {}
    axes = {name.removeprefix("axis."): array.astype(np.float64) for name, array in unpacked[0].items() if name.startswith("axis.")}
    names = [name for name in unpacked[0] if name.startswith("solution.")]
    return axes, {name.removeprefix("solution."): np.stack([arrays[name] for arrays in unpacked]) for name in names}


class _Clock:
    """Tells the second of training at which a step was done, linear between the moments that are known."""

    def __init__(self, run: Run, moments: Sequence[Mapping[str, Any]]) -> None:
        known = {0: 0.0, **{moment["step"]: moment["seconds"] for moment in moments}}
        if run.step > max(known):
            known[run.step] = run.seconds
        self._steps = np.array(list(known), np.float64)
        self._seconds = np.maximum.accumulate(np.array(list(known.values())))  # a run that was resumed may have counted anew

    def timed(self, steps: Array, values: Array, failed: bool) -> Series:
        """The values by the seconds of their steps; of several at the same second the last."""
        seconds = np.interp(steps, self._steps, self._seconds)
        kept = np.append(np.diff(seconds) > 0, True)[: len(seconds)] & (seconds > 0)
        return Series(seconds[kept], values[kept], failed)


def _counted(run: Run, value: float | None) -> float:
    """A result as it counts: infinite where the run diverged, NaN where it is not known."""
    return math.inf if run.status == "diverged" else math.nan if value is None else value


def _constants(runs: Sequence[Run]) -> dict[str, Sought]:
    """What the runs that are done found for each constant."""
    done = [run.estimates for run in runs if run.status == "done" and run.estimates]
    return {name: _sought([estimates[name] for estimates in done]) for name in (done[0] if done else ())}


def _sought(found: Sequence[Mapping[str, Any]]) -> Sought:
    sure = [one["value"] for one in found if one["doubt"] is None]
    return Sought(len(sure), len(found) - len(sure), spread(sure) if sure else None)
