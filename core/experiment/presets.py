"""Whole settings to begin with, each a recipe for any problem: watch a network learn, have it sharp, or see plain training fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import N_, InputError, Position
from core.experiment.recipes import OF_THE_METHOD
from core.problem.problem import Problem
from core.ranges import Choice

Recipe = Mapping[str, Any]
"""Hyperparameter → value, and `weights`, those of the terms or kinds of terms; what it leaves out is as suits the rest."""

WATCH, SHARP, FAILING = "watch", "sharp", "failing"
OPTIMISER, AUTO = "optimiser", "auto"


@dataclass(frozen=True)
class Preset:
    """A name, what it is for, and what it makes of a problem; `has` says whether a problem has it."""

    label: str
    help: str
    recipe: Callable[[Problem], Recipe]
    has: Callable[[Problem], bool] = lambda problem: True


@dataclass(frozen=True)
class Amount:
    """Collocation points and Adam's steps."""

    points: int
    steps: int


TEXTBOOK: Recipe = {
    "depth": 3,
    "width": 32,
    "optimiser": "adam",
    "learning_rate": 3e-3,
    "schedule": "cosine",
    "resampling": "fixed",
    "precision": "float32",
}
"""Adam on a plain network, chosen by measurement: see `benchmarks/library.py --preset watch`."""
AMOUNTS: Mapping[int, Amount] = {1: Amount(300, 5000), 2: Amount(1000, 5000), 3: Amount(1500, 4000)}
"""The points and steps of Adam that take seconds which one likes to watch, by the number of coordinates."""


def _watched(problem: Problem) -> Recipe:
    """The textbooks' training; of the problem's own recipe what is of the network and the loss, then what its file says in [watch]."""
    amount = AMOUNTS[len(problem.coordinates)]
    kept = {name: value for name, value in problem.recipe.items() if name not in (*OF_THE_METHOD, OPTIMISER)}
    return {**TEXTBOOK, **kept, "points": amount.points, "steps": amount.steps, **problem.watch}


PRESETS: Mapping[str, Preset] = {
    WATCH: Preset(N_("Watch"), N_("Adam, as in the textbooks: slow enough to watch, and with few digits."), _watched),
    SHARP: Preset(
        N_("Sharp"),
        N_("The method that suits problem and network best."),
        lambda problem: problem.recipe,
    ),
    FAILING: Preset(
        N_("Failing"),
        N_("Plain training, which fails on this problem: watch it, then take another preset."),
        lambda problem: {OPTIMISER: "adam", **problem.failure},
        lambda problem: bool(problem.failure),
    ),
}


def known(problem: Problem) -> tuple[str, ...]:
    """The names of the presets that a problem has."""
    return tuple(name for name, preset in PRESETS.items() if preset.has(problem))


def check(problem: Problem, preset: object) -> str:
    """The preset's name; raises `InputError` with the nearest where there is none, and where the problem does not have it."""
    name = Choice(tuple(PRESETS)).check("preset", preset)
    if not PRESETS[name].has(problem):
        raise InputError("no-such-preset", at=Position(key="preset"), preset=name, known=", ".join(known(problem)))
    return name


def recipe(problem: Problem, preset: str) -> Recipe:
    """The recipe of a preset for a problem; raises `InputError` where the problem has no such preset."""
    return PRESETS[check(problem, preset)].recipe(problem)


def beside_the_method(recipe: Recipe) -> dict[str, Any]:
    """The part of a recipe without the method, the settings that go along with a method, and the weights of the loss."""
    return {name: value for name, value in recipe.items() if name not in (*OF_THE_METHOD, OPTIMISER, "weights")}
