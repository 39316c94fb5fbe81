"""Settings that count only beside others: one that does nothing is no part of a run's key, and its control says what would use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import N_
from core.problem.problem import Problem
from core.ranges import NO_CURRICULUM

Settings = Mapping[str, Any]
"""Every hyperparameter's value, the optimiser as a text of its stages."""


BATCHED = ("adam",)
"""The methods that learn from another batch of the data at each step; all others compare one step with the next."""
BATCH = "batch_size"


@dataclass(frozen=True)
class Use:
    """The use of a setting: `counts` tells whether it has any; else `idle` says why, and `label` offers the change `switch`, if any."""

    counts: Callable[[Settings, Problem], bool]
    idle: str
    label: str = ""
    switch: Settings = field(default_factory=dict)


def _adam(settings: Settings, problem: Problem) -> bool:
    return any(stage.split()[0] in BATCHED for stage in settings["optimiser"].split(", "))


def _data(settings: Settings, problem: Problem) -> bool:
    return problem.data is not None


def _batches(settings: Settings, problem: Problem) -> bool:
    return _data(settings, problem) and _adam(settings, problem)


def _equations(settings: Settings, problem: Problem) -> bool:
    return bool(problem.equations)


def _renews(settings: Settings, problem: Problem) -> bool:
    """Tell whether points, weights or phases change after a number of steps that nothing else tells."""
    phases = settings["windows"] > 1 or settings["curriculum"] != NO_CURRICULUM
    follows = bool(problem.equations) and settings["resampling"] not in ("fixed", "every-step")
    return bool(follows or settings["weighting"] != "fixed" or settings["causality"] > 0 or (settings["steps"] is None and phases))


_OWN_STEPS = N_("Only Adam is told how far to step; {method} finds that out at every step.")
_ADAM, _SWITCH = N_("Adam uses it: switch"), {"optimiser": "adam"}

_NO_DATA = N_("The problem has no data.")
_NO_EQUATION = N_("No equation is asked for: the network learns the data alone.")

USES: Mapping[str, Use] = {
    "learning_rate": Use(_adam, _OWN_STEPS, _ADAM, _SWITCH),
    "schedule": Use(_adam, _OWN_STEPS, _ADAM, _SWITCH),
    "period": Use(
        _renews,
        N_("Nothing happens period by period: the points do not follow the residual, and neither do the weights."),
        N_("Points that follow the residual use it: switch"),
        {"resampling": "adapt"},
    ),
    BATCH: Use(_batches, N_("Only Adam takes data in batches; {method} needs all of them at every step."), _ADAM, _SWITCH),
    "validation": Use(_data, _NO_DATA),
    "noise": Use(_data, _NO_DATA),
    **dict.fromkeys(("points", "sampling", "resampling"), Use(_equations, _NO_EQUATION)),
}
"""Setting → its use; all others always count."""
OF_DATA = (BATCH, "validation", "noise")
"""The settings that say how data are learned, which no other problem has."""


def idle(settings: Settings, problem: Problem) -> tuple[str, ...]:
    """The names of the settings that do nothing."""
    return tuple(name for name, use in USES.items() if not use.counts(settings, problem))
