"""Small experiments that several tests train."""

from typing import Any

from core.experiment import Experiment
from core.problem import load


def small(problem: str = "decay", **settings: Any) -> Experiment:
    """A few steps on a small network; float64, so that a wrong formula stands out from rounding."""
    values = settings.pop("values", {})
    weights = settings.pop("weights", {})
    base = {"depth": 2, "width": 8, "points": 40, "condition_points": 10, "steps": 30, "precision": "float64", "resampling": "fixed"}
    return Experiment.of(load(problem), values, {**base, **settings}, weights)
