"""The learning rate at each step of a training."""

from __future__ import annotations

from core.experiment.experiment import Experiment
from core.experiment.schedules import SCHEDULES


def learning_rate(experiment: Experiment, step: int) -> float:
    """The learning rate of `step`, counted from 0; where no number limits the steps of its stage, it is constant."""
    stage = experiment.stage(step)
    if stage.end is None:
        return experiment.learning_rate
    return experiment.learning_rate * SCHEDULES[experiment.schedule]((step - stage.begin) / (stage.end - stage.begin))
