"""The trainings that engines are timed at: plain ones, which every engine can do, and which go on for as long as steps are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.problem.reading.reading import load

HOUR = 3600.0


@dataclass(frozen=True)
class Training:
    """A problem of the library, with a network and points for it."""

    problem: str
    depth: int
    width: int
    points: int

    def experiment(self, engine: str) -> Experiment:
        """The training by an engine: Adam, the same points in all steps, the conditions and their weights in the loss."""
        settings: dict[str, Any] = {
            **{"depth": self.depth, "width": self.width, "points": self.points, "constraints": "soft", "resampling": "fixed"},
            **{"optimiser": "adam", "precision": "float32", "seconds": HOUR, "patience": None, "device": "cpu", "engine": engine},
        }
        return experiment_of(load(self.problem), None, settings)


TRAININGS: Mapping[str, Training] = {
    training.problem: training for training in (Training("burgers", 4, 32, 2000), Training("damped-oscillator", 3, 32, 256))
}
