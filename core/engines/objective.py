"""What an optimiser makes small: the loss of a network, the same from step to step until other points, values or weights are taken."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

import torch
from torch import Tensor, nn

from core.derivatives.table import NATIVE
from core.engines.autograd_step import Nested
from core.engines.cuda_graphs import Recordings, Result
from core.engines.jets_step import Sweep
from core.engines.native_step import Compiled
from core.loss.losses import Losses
from core.loss.points import Points
from core.loss.weighting import Weighting
from core.loss.weights import Weights
from core.network import constants
from core.network.parameters import Vector


class Step(Protocol):
    """The loss of a network at certain points, by one of the engines."""

    def made_of(self, losses: Losses, points: Points) -> bool:
        """Whether the step was made of these losses and points: others have other equations, or other values of parameters."""

    def move(self, losses: Losses, points: Points) -> bool:
        """Take other points of the same losses, and as many, into the same memory; False where that cannot be."""

    def weigh(self, weights: Weights) -> None:
        """Take other weights."""

    def descend(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); its gradient is left in the `slopes` of the network's vector."""

    def value(self) -> Tensor:
        """The loss, ()."""

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the loss; dR/dθ, (rows, parameters); the terms, (terms,)."""


STEPS: dict[str, Callable[[Losses, nn.Sequential, Points, Weights], Step]] = {"autograd": Nested, "jets": Sweep, NATIVE: Compiled}
"""The class that takes whole steps, by the name of its engine."""
JACOBIAN = "jacobian"


class Objective:
    """The loss of `network` at its weights of the moment, the points of a step and the values that parameters have in it.

    Losses of two versions of these are not comparable. `losses` are those that are asked for in the end; `version` is the step, counted
    from 0, since which points, values and the weights of the loss, `weights`, are what they are.
    """

    def __init__(self, network: nn.Sequential, losses: Losses, step: int = 0, engine: str = "jets") -> None:
        self._network, self._asked = network, losses
        self.engine = engine
        self._made: Step | None = None
        self._free = constants.free(network, len(losses.problem.estimates))
        self._recordings = Recordings(losses.device)
        self._losses = losses.at_values(step)
        self._weighting = Weighting(self._losses)
        self._drawn, self._renewed, self._taken = losses.draws.version(step), self._weighting.version(step), losses.draws.taken(step)
        self._points = losses.draws.at_step(step)
        self._weighting.renew(network, self._points)
        self.weights: Weights = self._weighting.weights(self._points)
        self.version = max(self._drawn, self._renewed, self._taken)

    @property
    def constant(self) -> bool:
        """Whether nothing but the step's phase changes the objective."""
        return self._losses.experiment.resampling == "fixed" and not self._weighting.follows

    def go_to(self, step: int) -> None:
        """Take the points and values of `step`, counted from 0, and the weights of the loss that are due."""
        drawn, renewed, taken = self._asked.draws.version(step), self._weighting.version(step), self._asked.draws.taken(step)
        if (drawn, renewed, taken) == (self._drawn, self._renewed, self._taken):
            return
        if drawn != self._drawn:
            self._losses = self._asked.at_values(step)
            self._weighting.of(self._losses)
            before, self._points = self._points, self._losses.redraw(self._network, self._points, step, self._drawn)
            self._weighting.follow(before, self._points)
        if (drawn, taken) != (self._drawn, self._taken):
            self._points = self._asked.draws.with_data(self._points, step)
        if renewed != self._renewed:
            self._weighting.renew(self._network, self._points)
        self._drawn, self._renewed, self._taken = drawn, renewed, taken
        self._weigh()

    def terms(self, network: nn.Sequential) -> Tensor:
        """The loss terms that a network has at the points of the moment, (terms,); the one that learns stays as it is."""
        with self._losses.looking():
            return self._losses.terms(network, self._points).detach()

    @property
    def points(self) -> Points:
        """The points of the moment."""
        return self._points

    def state(self) -> dict[str, Tensor]:
        """The points and what the weights of the loss are made of, where they depend on more than the step."""
        state: dict[str, Tensor] = {}
        if self._losses.draws.follow:
            interior = torch.cat(list(self._points.interior.values()), dim=1).detach()  # (n, d)
            state |= {"interior": interior, "version": torch.tensor(self._drawn)}
        if self._weighting.follows:
            state |= {"renewed": torch.tensor(self._renewed)}
            state |= {f"weighting.{name}": value for name, value in self._weighting.state().items()}
        return state

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        if "interior" in state:
            self._drawn = int(state["version"])
            self._points = self._losses.draws.moved(state["interior"], self._points)
        if "renewed" in state:
            self._renewed = int(state["renewed"])
            kept = {name.partition(".")[2]: value for name, value in state.items() if name.startswith("weighting.")}
            self._weighting.load(kept)
        self._weigh()

    @property
    def end(self) -> float:
        """The causal weight of the end of time."""
        return self._weighting.end

    def descend(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); its gradient is left in the `slopes` of the network's vector."""
        return self.recorded("descend", self._descended)

    def value(self) -> Tensor:
        """The loss, ()."""
        return self.recorded("value", self._step.value)

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the weighted sum; dR/dθ, (rows, parameters); the terms, (terms,)."""
        return self.recorded(JACOBIAN, self._jacobian)

    def recorded(self, key: Hashable, take: Callable[[], Result]) -> Result:
        """What `take` computes, under one key always the same as long as the network's weights alone change: on a GPU by a recording.

        A key is kept until there are other points or weights: who has memory of its own that is recorded is its own key.
        """
        return self._recordings.play(key, take)

    def _weigh(self) -> None:
        """Take the points and the weights of the moment; what is recorded of the loss stands if it reads both from the same memory."""
        self.version = max(self._drawn, self._renewed, self._taken)
        before, self.weights = self.weights, self._weighting.weights(self._points)
        same = before.terms is self.weights.terms and not before.points and not self.weights.points
        made = self._made
        stays = made is not None and made.made_of(self._losses, self._points)
        if made is None or not (stays or made.move(self._losses, self._points)):
            self._made = None
        elif not same:
            made.weigh(self.weights)
        if self._made is None or not same:
            self._recordings.forget()
        elif not stays:
            self._recordings.forget(JACOBIAN)  # it is no step's own, and reads the points themselves

    def _descended(self) -> tuple[Tensor, Tensor]:
        """The loss and its terms, with no gradient of what is not learned."""
        found = self._step.descend()
        if self._free is not None:
            Vector.of(self._network).slopes.mul_(self._free)
        return found

    def _jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """The residuals, their Jacobian and the terms, with no derivative by what is not learned."""
        residuals, rows, terms = self._step.jacobian()
        return residuals, rows if self._free is None else rows.mul_(self._free), terms

    @property
    def _step(self) -> Step:
        """The step, made when it is first needed, for the points of the moment."""
        if self._made is None:
            self._made = STEPS[self.engine](self._losses, self._network, self._points, self.weights)
        return self._made
