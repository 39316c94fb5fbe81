"""The loss at points that the network is never trained on, and the weights with which it was least.

It knows the equation and the conditions alone, never a solution. It is looked at after the steps that `Method.check` divides, so that a run
finds the same weights whoever watches, and however often it is resumed.
"""

from __future__ import annotations

import math
from copy import deepcopy

import torch
from torch import Tensor, nn

from core.loss.losses import Losses

BETTER = 0.99
"""What the loss has to come down to, relative to the least before, to count as progress."""


class Validation:
    """The best weights of `network` so far: `loss` is the least that was seen, at `step`; `progress` is the last step forward."""

    def __init__(self, network: nn.Sequential, losses: Losses) -> None:
        self._network, self._losses = network, losses
        self._points = losses.draws.held_out()
        self.loss, self.step, self.progress, self._mark = math.inf, 0, 0, math.inf
        self._weights = _copied(network)

    def see(self, step: int) -> None:
        """Take in the network's weights after `step`."""
        loss = self.now()
        if loss < BETTER * self._mark:
            self._mark, self.progress = loss, step
        if loss < self.loss:
            self.loss, self.step, self._weights = loss, step, _copied(self._network)

    def now(self) -> float:
        """The weighted loss at the points held out, with the weights of the moment."""
        with self._losses.looking():
            terms = self._losses.terms(self._network, self._points)
        return self._losses.total(terms).item()

    def best(self, step: int) -> tuple[nn.Sequential, int]:
        """A copy of the network with the best weights, those of the moment among them, which is `step`; and their step."""
        network = deepcopy(self._network)
        if self.now() <= self.loss:
            return network, step
        network.load_state_dict(self._weights)  # also where now is no number
        return network, self.step

    def state(self) -> dict[str, Tensor]:
        """The best weights, and what is known of them."""
        known = torch.tensor([self.loss, self.progress, self._mark, self.step], dtype=torch.float64)
        return {"known": known, **{f"best.{name}": value for name, value in self._weights.items()}}

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        if state:
            self.loss, progress, self._mark, *step = state["known"].tolist()
            self.progress = int(progress)
            self.step = int(step[0]) if step else self.progress  # older checkpoints do not tell
            self._weights = {name.removeprefix("best."): value for name, value in state.items() if name != "known"}


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
