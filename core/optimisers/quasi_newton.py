"""What quasi-Newton methods share: a direction made of the gradients seen so far, and a search along it."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from core.engines.objective import Objective
from core.experiment.experiment import Experiment
from core.network.parameters import Vector
from core.optimisers.line_search import LineSearch, Place


class QuasiNewton(ABC):
    """Steps along −H·g, where H, which the methods differ in, stands for the inverse of the second derivatives."""

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        self._vector = Vector.of(network)
        self._fresh = True
        self.stalled = False
        self._here: Place | None = None
        self._version = -1

    @abstractmethod
    def _direction(self, gradient: Tensor) -> Tensor:
        """−H·g, (parameters,)."""

    @abstractmethod
    def _learn(self, moved: Tensor, changed: Tensor, start: Place, end: Place) -> None:
        """Take account of a step, (parameters,), by which the gradient `changed`, (parameters,)."""

    @abstractmethod
    def _forget(self) -> None:
        """H becomes the identity."""

    @abstractmethod
    def _remembered(self) -> dict[str, Tensor]:
        """H, as named tensors."""

    @abstractmethod
    def _remember(self, state: dict[str, Tensor]) -> None:
        """Go on with the H that `_remembered()` gave."""

    def step(self, objective: Objective, learning_rate: float) -> Tensor:
        """One search along one direction; its learning rate is what the search finds. The terms of the loss before it, (terms,).

        Where no step makes the loss less, H is forgotten and the gradient alone followed; where that does not help either, the weights stay
        and the method has `stalled`.
        """
        before = self._vector.read()
        if self._here is None or self._version != objective.version:
            self._here, self._version = self._look(objective, 0.0, None), objective.version
        start = self._here
        found = self._search(objective, before, start)
        if found is None and not self._fresh:
            self._forget()
            self._fresh = True
            found = self._search(objective, before, start)
        if found is None:
            self._vector.write(before)
            self.stalled = True
            return start.terms
        self.stalled = False
        moved = self._vector.read() - before
        changed = found.gradient - start.gradient
        if torch.dot(moved, changed) > 1e-14 * moved.norm() * changed.norm():
            self._learn(moved, changed, start, found)
            self._fresh = False
        self._here = found
        return start.terms

    def state(self) -> dict[str, Tensor]:
        """What the next step depends on; empty before the first."""
        if self._here is None:
            return {}
        here = torch.tensor([self._here.loss, float(self._version), float(self._fresh), float(self.stalled)], dtype=torch.float64)
        return {"here": here, "gradient": self._here.gradient, "terms": self._here.terms, **self._remembered()}

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        if not state:
            return
        loss, version, fresh, stalled = state["here"].tolist()
        self._here = Place(0.0, loss, 0.0, state["gradient"], state["terms"])
        self._version, self._fresh, self.stalled = int(version), bool(fresh), bool(stalled)
        self._remember(state)

    def take_over(self, state: dict[str, Tensor]) -> None:
        """Begin with the H of another run; the loss and its gradient are looked at anew, as they belong to other weights or points."""
        self.load(state)
        self._here, self._version, self.stalled = None, -1, False

    def _search(self, objective: Objective, before: Tensor, start: Place) -> Place | None:
        """The place that a search finds, where the weights then are."""
        direction = self._direction(start.gradient)
        slope = torch.dot(start.gradient, direction).item()
        if not slope < 0:
            return None
        first = min(1.0, 1.0 / start.gradient.abs().sum().item()) if self._fresh else 1.0

        def look(at: float) -> Place:
            self._vector.write(torch.add(before, direction, alpha=at))
            return self._look(objective, at, direction)

        search = LineSearch(Place(0.0, start.loss, slope, start.gradient, start.terms), look)
        found = search.run(first)
        if found is not None:
            self._vector.write(torch.add(before, direction, alpha=found.at))
        return found

    def _look(self, objective: Objective, at: float, direction: Tensor | None) -> Place:
        """The loss and its gradient at the weights as they are."""
        total, terms = objective.descend()
        gradient = self._vector.slopes.clone()
        slope = 0.0 if direction is None else torch.dot(gradient, direction).item()
        return Place(at, total.item(), slope, gradient, terms)
