"""Settings that count only beside others: one that does nothing is no part of a run's key, and its control says what would use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import N_
from core.ranges import NO_CURRICULUM

Settings = Mapping[str, Any]
"""Every hyperparameter's value, the optimiser as a text of its stages."""


@dataclass(frozen=True)
class Use:
    """The use of a setting: `counts` tells whether it has any; else `idle` says why, and `label` offers the change `switch`."""

    counts: Callable[[Settings], bool]
    idle: str
    label: str
    switch: Settings


def _adam(settings: Settings) -> bool:
    return any(stage.split()[0] == "adam" for stage in settings["optimiser"].split(", "))


def _renews(settings: Settings) -> bool:
    """Tell whether points, weights or phases change after a number of steps that nothing else tells."""
    phases = settings["windows"] > 1 or settings["curriculum"] != NO_CURRICULUM
    return bool(
        settings["resampling"] not in ("fixed", "every-step")
        or settings["weighting"] != "fixed"
        or settings["causality"] > 0
        or (settings["steps"] is None and phases)
    )


_OWN_STEPS = N_("Only Adam is told how far to step; {method} finds that out at every step.")
_ADAM, _SWITCH = N_("Adam uses it: switch"), {"optimiser": "adam"}

USES: Mapping[str, Use] = {
    "learning_rate": Use(_adam, _OWN_STEPS, _ADAM, _SWITCH),
    "schedule": Use(_adam, _OWN_STEPS, _ADAM, _SWITCH),
    "period": Use(
        _renews,
        N_("Nothing happens period by period: the points do not follow the residual, and neither do the weights."),
        N_("Points that follow the residual use it: switch"),
        {"resampling": "adapt"},
    ),
}
"""Setting → its use; all others always count."""


def idle(settings: Settings) -> tuple[str, ...]:
    """The names of the settings that do nothing."""
    return tuple(name for name, use in USES.items() if not use.counts(settings))
