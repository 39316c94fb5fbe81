"""How the learning rate goes over the steps: functions of the step alone, so that a resumed run takes the same steps.

Each gives the share of the learning rate at a share of the steps, both in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.experiment.experiment import Experiment

_RISE = 0.1

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda share: 1.0,
    "cosine": lambda share: (1 + math.cos(math.pi * share)) / 2,  # Loshchilov and Hutter 2017, SGDR, equation 5, without restarts
    "exponential": lambda share: 100.0**-share,
    "warm-up": lambda share: share / _RISE if share < _RISE else (1 + math.cos(math.pi * (share - _RISE) / (1 - _RISE))) / 2,
}


def learning_rate(experiment: Experiment, step: int) -> float:
    """The learning rate of `step`, counted from 0; where no number limits the steps of its stage, it is constant."""
    stage = experiment.stage(step)
    if stage.end is None:
        return experiment.learning_rate
    return experiment.learning_rate * SCHEDULES[experiment.schedule]((step - stage.begin) / (stage.end - stage.begin))
