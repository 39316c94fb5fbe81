"""Settings that may mend a run, as the controls have them: `depth`, `weights.condition-1`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from core.diagnosis.quantities import Checked
from core.errors import TangenteError
from core.experiment import recipes
from core.experiment.choices import WEIGHT
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_of
from core.ranges import Integer, Real

Settings = Mapping[str, Any]
"""Control key → value."""

SECOND_ORDER: Settings = {"optimiser": "levenberg-marquardt", "precision": "float64", "steps": 200, "patience": None}
"""Few, long steps, which want all digits, and points that stay a while."""
SMALL: Settings = {**recipes.SMALL, "points": 1000}
"""A network and points that every method can handle."""
SMOOTH: Settings = {"activation": "tanh"}
UP = 100.0
"""The factor by which conditions gain weight where no measurement tells how much they need."""


def possible(experiment: Experiment, offers: Iterable[Settings]) -> tuple[Settings, ...]:
    """The offers that change something and can be trained, each once, without the settings that are so already."""
    found: list[Settings] = []
    for offer in offers:
        changed = {key: value for key, value in offer.items() if value != _now(experiment, key)}
        if changed and changed not in found and _trainable(experiment, changed):
            found.append(changed)
    return tuple(found)


def times(experiment: Experiment, name: str, factor: float) -> Settings:
    """A hyperparameter that is a number times a factor, rounded, within its range; nothing where it is None."""
    now = getattr(experiment, name)
    return {} if now is None else {name: within(HYPERPARAMETERS[name].range, now * factor)}


def within(limits: Any, value: float) -> float:
    """A value in two digits, within the limits of a `Real` or `Integer`."""
    assert isinstance(limits, Real | Integer)
    rounded = min(max(round_to(value), limits.low), limits.high)
    return round(rounded) if isinstance(limits, Integer) else rounded


def round_to(value: float, digits: int = 2) -> float:
    """A number in so many significant digits."""
    return float(f"{value:.{digits}g}")


def balanced(checked: Checked) -> Settings:
    """Weights with which gradient descent lowers all terms equally fast, the least of them one.

    As λ of Wang, Yu and Perdikaris 2022, "When and why PINNs fail to train: a neural tangent kernel perspective", equations 6.5 and 6.6.
    """
    paces = {term.name: term.pace for term in checked.terms if term.pace > 0}
    most = max(paces.values(), default=1.0)
    return {f"weights.{name}": min(round_to(most / pace), WEIGHT.high) for name, pace in paces.items()}


def conditions_up(checked: Checked) -> Settings:
    """The settings that give the conditions more weight."""
    conditions = [term for term in checked.terms if term.name.startswith("condition")]
    return {f"weights.{term.name}": min(round_to(UP * (term.weight or 1.0)), WEIGHT.high) for term in conditions}


def finer(experiment: Experiment, waves: int) -> Settings:
    """A first layer that begins with about as many waves as are missing."""
    return {"frequency": within(HYPERPARAMETERS["frequency"].range, max(2 * experiment.frequency, round_to(waves / 2, 1)))}


def sharper(experiment: Experiment) -> tuple[Settings, ...]:
    """A second-order method, with the network as it is, or with one that it can handle."""
    fixed = {} if experiment.resampling != "every-step" else {"resampling": "fixed"}
    asked = {**SECOND_ORDER, **fixed}
    return (asked if _trainable(experiment, asked) else {**asked, **SMALL},)


def constrained(experiment: Experiment) -> Settings:
    """The settings that build as many conditions into the network as can be."""
    asked: tuple[Settings, ...] = ({"constraints": "hard"}, {"constraints": "partial"})
    return next((settings for settings in asked if _trainable(experiment, settings)), {})


def more_points(experiment: Experiment) -> tuple[Settings, ...]:
    """Four times as many, or others as it goes: at every step where the method remembers no points, else every period."""
    moving = "every-step" if experiment.optimiser == "adam" else "adapt"
    return (times(experiment, "points", 4), {"resampling": moving})


def longer(experiment: Experiment) -> Settings:
    """Three times the steps, or the seconds where these alone end the run."""
    return times(experiment, "steps" if experiment.steps is not None else "seconds", 3)


def _now(experiment: Experiment, key: str) -> Any:
    kind, _dot, name = key.rpartition(".")
    return dict(experiment.weights)[name] if kind == "weights" else getattr(experiment, name)


def _trainable(experiment: Experiment, changed: Settings) -> bool:
    """Whether an experiment with these settings can be trained."""
    settings = {name: getattr(experiment, name) for name in HYPERPARAMETERS}
    weights = dict(experiment.weights)
    for key, value in changed.items():
        kind, _dot, name = key.rpartition(".")
        (weights if kind == "weights" else settings)[name] = value
    try:
        experiment_of(experiment.problem, dict(experiment.values), settings, weights)
    except TangenteError:
        return False
    return all(math.isfinite(value) for value in weights.values())
