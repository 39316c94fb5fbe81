"""What an optimiser makes small: the loss of a network at collocation points that stay where they are until others are taken."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.gradients import jacobian
from core.losses import Losses


class Objective:
    """The loss of `network` at its weights of the moment and the points of a step; losses of two versions of these are not comparable."""

    def __init__(self, network: nn.Sequential, losses: Losses, step: int = 0) -> None:
        self._network, self._losses = network, losses
        self.version = losses.version(step)
        self._points = losses.draw(step)

    def go_to(self, step: int) -> None:
        """Take the points of `step`, counted from 0."""
        if self._losses.version(step) != self.version:
            self.version = self._losses.version(step)
            self._points = self._losses.redraw(self._network, self._points, step)

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
