"""Small experiments that several tests train."""

from collections.abc import Callable
from typing import Any

from core import references
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.references import Reference


def small(problem: str | Problem = "decay", **settings: Any) -> Experiment:
    """A few steps on a small network; float64, so that a wrong formula stands out from rounding."""
    values = settings.pop("values", {})
    weights = settings.pop("weights", {})
    base = {
        **{"depth": 2, "width": 8, "frequency": 1.0, "activation": "tanh", "constraints": "soft"},
        **{
            "points": 40,
            "condition_points": 10,
            "steps": 30,
            "optimiser": "adam",
            "learning_rate": 1e-3,
            "period": 100,
            "patience": None,
            "resampling": "fixed",
            "schedule": "constant",
            "precision": "float64",
        },
    }
    return experiment_of(load(problem) if isinstance(problem, str) else problem, values, {**base, **settings}, weights)


def solved(experiment: Experiment) -> Callable[[], Reference]:
    """What tells a display the reference of an experiment."""
    reference = references.solve(experiment.bound, experiment.problem.reference)
    return lambda: reference


def without_exact(problem: str, **changes: Any) -> Problem:
    """A library problem, other than it is, whose reference takes a solver: no exact solution is stated."""
    return problem_from_table({**load(problem).table(), "exact": {}, **changes})
