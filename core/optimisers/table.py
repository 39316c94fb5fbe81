"""The table of the methods that move a network's weights, and what each of them offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor, nn

from core.engines.objective import Objective
from core.experiment.experiment import Experiment
from core.optimisers.adam import Adam
from core.optimisers.lbfgs import LBFGS
from core.optimisers.levenberg_marquardt import GainRatio, LevenbergMarquardt
from core.optimisers.ssbroyden import SSBroyden


class Optimiser(Protocol):
    """A method, with what it remembers from step to step as named tensors, so that a run can be resumed bit for bit.

    A sum over a tensor may depend on where in memory that begins. So what is used as a tensor of its own is remembered as one, never as a
    part of another: `core/experiment/checkpoint.py` gives each back as it was.
    """

    @property
    def stalled(self) -> bool:
        """Whether the optimiser found no better weights in its last step."""

    def step(self, objective: Objective, learning_rate: float) -> Tensor:
        """Move the weights once; the terms of the loss before that, (terms,)."""

    def state(self) -> dict[str, Tensor]:
        """The state that the optimiser remembers; empty before the first step."""

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""

    def take_over(self, state: dict[str, Tensor]) -> None:
        """Begin with what the same method's `state()` gave at the end of another run: what it learned, nothing of where it stood."""


OPTIMISERS: dict[str, Callable[[nn.Module, Experiment], Optimiser]] = {
    "adam": Adam,
    "lbfgs": LBFGS,
    "ssbroyden": SSBroyden,
    "levenberg-marquardt": LevenbergMarquardt,
    "levenberg-marquardt-gain-ratio": GainRatio,
}
