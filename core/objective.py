"""What an optimiser makes small: the loss of a network, the same from step to step until other points or values are taken."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.gradients import jacobian
from core.losses import Losses, Points


class Objective:
    """The loss of `network` at its weights of the moment, the points of a step and the values that parameters have in it.

    Losses of two versions of these are not comparable. `losses` are those that are asked for in the end.
    """

    def __init__(self, network: nn.Sequential, losses: Losses, step: int = 0) -> None:
        self._network, self._asked = network, losses
        self.version = losses.version(step)
        self._losses = losses.at_values(step)
        self._points = losses.draw(step)

    def go_to(self, step: int) -> None:
        """Take the points and values of `step`, counted from 0."""
        version, since = self._asked.version(step), self.version
        if version != since:
            self.version = version
            self._losses = self._asked.at_values(step)
            self._points = self._losses.redraw(self._network, self._points, step, since)

    @property
    def points(self) -> Points:
        """The points of the moment."""
        return self._points

    def state(self) -> dict[str, Tensor]:
        """The points, where they depend on more than the step."""
        if not self._losses.follows:
            return {}
        interior = torch.cat(list(self._points.interior.values()), dim=1).detach()  # (n, d)
        return {"interior": interior, "version": torch.tensor(self.version)}

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        if state:
            self.version = int(state["version"])
            self._points = self._losses.at(state["interior"], self._points)

    def loss(self) -> tuple[Tensor, Tensor]:
        """The weighted sum of the terms, (), and the terms, (terms,)."""
        terms = self._losses.terms(self._network, self._points)
        return self._losses.total(terms), terms

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the weighted sum; dR/dθ, (rows, parameters); the terms, (terms,)."""
        return jacobian(self._losses, self._network, self._points)
