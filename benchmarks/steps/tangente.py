"""Tangente: `train(experiment)` itself, its look at points held out included, by one of its engines.

Unlike the others it scales the coordinates, evaluates all conditions in one pass, and keeps each of its losses.
"""

from __future__ import annotations

from typing import Any

from benchmarks.steps.workloads import LEARNING_RATE, Steps, Workload
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from core.ranges import Choice
from core.running.process import prepare
from core.training.training import train

ENDLESS = 200_000


def engines() -> tuple[str, ...]:
    """The engines that an experiment may name; one, where there is no choice."""
    known = HYPERPARAMETERS["engine"].range if "engine" in HYPERPARAMETERS else Choice(("",))
    assert isinstance(known, Choice)
    return tuple(name for name in known.options if name != "auto")


def experiment(workload: Workload, engine: str = "") -> Experiment:
    """The workload, as an experiment; with the engine that suits it, unless another is named."""
    settings: dict[str, Any] = {
        **{"depth": workload.depth, "width": workload.width, "activation": "tanh", "frequency": 1.0, "constraints": "soft"},
        **{"points": workload.points, "condition_points": max(condition.points for condition in workload.conditions)},
        **{"optimiser": "adam", "learning_rate": LEARNING_RATE, "steps": ENDLESS, "precision": "float32", "resampling": "fixed"},
        **{"device": workload.device},
        **({"engine": engine} if engine else {}),
    }
    weights = {f"condition-{number}": condition.weight for number, condition in enumerate(workload.conditions, 1)}
    return experiment_of(load(workload.problem), None, settings, {"equation": workload.weight, **weights})


def build(workload: Workload, variant: str = "") -> Steps:
    """A training by the engine `variant`."""
    prepare()
    snapshots = train(experiment(workload, variant))
    next(snapshots)  # before the first step

    def steps(count: int) -> float:
        for _ in range(count):
            snapshot = next(snapshots)
        return float(snapshot.objective.weights.terms @ snapshot.before)

    return steps
