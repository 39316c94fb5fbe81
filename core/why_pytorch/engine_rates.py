"""The engines against each other: the steps a second that one training makes with each, and how far apart their losses are.

    python -m core.why_pytorch.engine_rates PROBLEM

All take the same first steps, which are not timed, then turns, again and again, and the median counts: what slows the machine for a moment
slows all. They have one thread, on the processor, and the native step is compiled before. The events (`core/errands/batch.py`):

- `contenders`: the `problem`, the `engines` that can train on it here, autograd first, and how many `steps` are compared;
- `result` after each turn: its number, `turn`, and by engine the `rates` so far, steps a second, and the `ratios` to that of autograd;
- `verdict`: the last `rates` and `ratios`, and by engine the largest relative `differences` of its losses in the `steps` from autograd's,
  and whether these are the `same` but for rounding.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from itertools import islice
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray

from core.derivatives.table import DIFFERENTIATORS, NATIVE
from core.engines import kernel, native_step
from core.errands.telling import end_with_parent, tell
from core.experiment.experiment import Experiment
from core.network.building import build
from core.running import process
from core.training.training import train
from core.why_pytorch.trainings import TRAININGS, Training

REFERENCE = "autograd"
STEPS = 50
"""The steps whose losses are compared, and which are not timed."""
SECONDS = 6.0
"""The seconds that all turns may take together."""
BLOCK = 0.15
"""Seconds of one engine's part of a turn."""
LEAST, MOST = 3, 15
"""The least and the most turns."""
SAME = 1e-4
"""The largest relative difference of losses that rounding in float32 explains, in so few steps."""

Rates = Mapping[str, float]


class Contender:
    """A training that goes on when it is told to."""

    def __init__(self, experiment: Experiment) -> None:
        self._weights = np.array([weight for _, weight in experiment.weights])  # (terms,)
        self._snapshots = train(experiment)
        next(self._snapshots)  # before the first step

    def losses(self, count: int) -> NDArray[np.float64]:
        """The losses of the next steps, (count,)."""
        terms = [snapshot.before for snapshot in islice(self._snapshots, count)]
        return np.array([self._weights @ found.double().numpy() for found in terms if found is not None])

    def seconds(self, count: int) -> float:
        """What the next steps take."""
        begun = time.perf_counter()
        for _ in range(count):
            next(self._snapshots)
        return time.perf_counter() - begun


def engines(training: Training) -> tuple[str, ...]:
    """The engines that can do the training here, the reference first."""
    experiment = training.experiment(NATIVE)
    there = native_step.suits(build(experiment, torch.device("cpu"))) and native_step.covers(experiment.asked)
    return (*DIFFERENTIATORS, *([NATIVE] if there and kernel.sound("float32") else []))


def timed(contenders: Mapping[str, Contender], block: float, budget: float, told: Callable[[int, Rates], None]) -> Rates:
    """The steps a second of each, in turns; `told` hears of each turn."""
    steps = {name: max(1, round(5 * block / contender.seconds(5))) for name, contender in contenders.items()}
    begun = time.perf_counter()
    found: dict[str, list[float]] = {name: [] for name in contenders}
    rates: Rates = {}
    for turn in range(1, MOST + 1):
        if turn > LEAST and time.perf_counter() - begun > budget * (turn - 1) / turn:  # another one would take too long
            break
        for name, contender in contenders.items():
            found[name].append(steps[name] / contender.seconds(steps[name]))
        rates = {name: median(taken) for name, taken in found.items()}
        told(turn, rates)
    return rates


def ratios(rates: Rates) -> Rates:
    """How many times as many steps a second as the reference each takes."""
    return {name: rate / rates[REFERENCE] for name, rate in rates.items()}


def differences(losses: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """The largest relative difference of each engine's losses from the reference's, each (steps,)."""
    expected = losses[REFERENCE]
    return {name: float(np.max(np.abs(found / expected - 1))) for name, found in losses.items() if name != REFERENCE}


def measure(training: Training, seconds: float = SECONDS, block: float = BLOCK, steps: int = STEPS) -> Rates:
    """Compare the engines and time them, and tell of it."""
    names = engines(training)
    tell("contenders", problem=training.problem, engines=names, steps=steps)
    contenders = {name: Contender(training.experiment(name)) for name in names}
    losses = {name: contender.losses(steps) for name, contender in contenders.items()}
    rates = timed(contenders, block, seconds, lambda turn, rates: tell("result", turn=turn, rates=rates, ratios=ratios(rates)))
    found = differences(losses)
    same = max(found.values()) < SAME
    tell("verdict", problem=training.problem, steps=steps, rates=rates, ratios=ratios(rates), differences=found, same=same)
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.why_pytorch.engine_rates")
    parser.add_argument("problem", choices=sorted(TRAININGS))
    given = parser.parse_args()
    end_with_parent()
    process.prepare()
    measure(TRAININGS[given.problem])


if __name__ == "__main__":
    main()
