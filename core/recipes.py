"""What suits a training where neither the visitor nor the problem's file says it.

Chosen by measurement, see `benchmarks/library.py`: of all methods, Levenberg-Marquardt on a small network in float64, with points that
follow the residual, comes nearest to the solution of nearly every problem in the time that one likes to watch. Its steps grow with the
square of the number of weights, so that what is larger is trained by Adam and L-BFGS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.problem import Problem

LIMIT = 1500
"""Weights and biases beyond which a step of Levenberg-Marquardt takes most of a second."""
OF_THE_METHOD = ("learning_rate", "schedule", "points", "steps", "resampling", "period", "patience", "precision")
"""Settings that suit one method and not another."""
PATIENCE = 300
"""Steps without progress that Levenberg-Marquardt is given: shocks are learned in fits and starts."""
MORE = 2000
"""Steps of a method that follows others, beyond theirs."""


@dataclass(frozen=True)
class Amount:
    """Collocation points and steps that suit Levenberg-Marquardt."""

    points: int
    steps: int


AMOUNTS = {1: Amount(300, 400), 2: Amount(1200, 200), 3: Amount(1500, 120)}
"""By the number of coordinates."""
SMALL: Mapping[str, Any] = {"depth": 3, "width": 20}
LARGE: Mapping[str, Any] = {"optimiser": "adam 1000, lbfgs", "learning_rate": 3e-3}


def stated(problem: Problem, recipe: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is `given`, then what the problem's `recipe` says, then what suits both, as far as that is more than a default."""
    both = {**recipe, **given}
    if {**_suited(problem, both), **both}["optimiser"] != {**_suited(problem, recipe), **recipe}["optimiser"]:
        recipe = {name: value for name, value in recipe.items() if name not in OF_THE_METHOD}
    known = {**recipe, **given}
    return {**_suited(problem, known), **known}


def _suited(problem: Problem, known: Mapping[str, Any]) -> dict[str, Any]:
    precision = "float32" if known.get("device") == "mps" else "float64"  # which an Apple GPU does not have
    if "optimiser" not in known and _weights(problem, {**SMALL, **known}) > LIMIT:
        known = {**LARGE, **known}
    *before, last = known.get("optimiser", "levenberg-marquardt").split(", ")
    steps = sum(int(stage.split()[1]) for stage in before)
    if last.startswith("levenberg-marquardt"):
        amount = AMOUNTS[len(problem.coordinates)]
        return {
            **SMALL,
            "points": amount.points,
            "steps": steps + amount.steps,
            "optimiser": "levenberg-marquardt",
            "resampling": "adapt",
            "period": 10,
            "patience": PATIENCE,
            "precision": precision,
        }
    if last == "adam":
        return {"steps": steps + MORE}
    return {**LARGE, "points": 2000, "steps": steps + MORE, "precision": precision}


def _weights(problem: Problem, known: Mapping[str, Any]) -> int:
    """Weights and biases of the network, about: without those that a period adds."""
    depth, width = known["depth"], known["width"]
    inputs, outputs = 2 * known.get("features", 0) or len(problem.coordinates), len(problem.unknowns)
    first = (inputs + 1) * width * (3 if known.get("architecture") == "modified" else 1)
    return int(first + (depth - 1) * (width + 1) * width + (width + 1) * outputs)
