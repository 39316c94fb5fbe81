"""How the learning rate goes over the steps: functions of the step alone, so that a resumed run takes the same steps.

Each gives the share of the learning rate at a share of the steps, both in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.experiment import Experiment

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda share: 1.0,
    "cosine": lambda share: (1 + math.cos(math.pi * share)) / 2,  # Loshchilov and Hutter 2017, SGDR, equation 5, without restarts
}


def learning_rate(experiment: Experiment, step: int) -> float:
    """The learning rate of `step`, counted from 0; where no number of steps limits the run, it is constant."""
    if experiment.steps is None:
        return experiment.learning_rate
    return experiment.learning_rate * SCHEDULES[experiment.schedule](step / experiment.steps)
