"""L-BFGS: D. Liu and J. Nocedal, "On the limited memory BFGS method for large scale optimization", Math. Programming 45 (1989) 503."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.experiment.experiment import Experiment
from core.optimisers.line_search import Place
from core.optimisers.quasi_newton import QuasiNewton

MEMORY = 50
"""Steps that are remembered."""


class LBFGS(QuasiNewton):
    """H made anew from the last steps at each one: nothing of the size of a matrix is kept."""

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        super().__init__(network, experiment)
        self._moved: list[Tensor] = []
        self._changed: list[Tensor] = []

    def _direction(self, gradient: Tensor) -> Tensor:
        """The direction of descent, by the two loops of Nocedal and Wright 2006, algorithm 7.4."""
        direction, shares = -gradient, []
        steps = [(moved, changed, 1 / torch.dot(moved, changed)) for moved, changed in zip(self._moved, self._changed, strict=True)]
        for moved, changed, inverse in reversed(steps):
            shares.append(inverse * torch.dot(moved, direction))
            direction = direction - shares[-1] * changed
        if steps:
            moved, changed, _ = steps[-1]
            direction = direction * (torch.dot(moved, changed) / torch.dot(changed, changed))
        for (moved, changed, inverse), share in zip(steps, reversed(shares), strict=True):
            direction = direction + moved * (share - inverse * torch.dot(changed, direction))
        return direction

    def _learn(self, moved: Tensor, changed: Tensor, start: Place, end: Place) -> None:
        self._moved = [*self._moved[1 - MEMORY :], moved]
        self._changed = [*self._changed[1 - MEMORY :], changed]

    def _forget(self) -> None:
        self._moved, self._changed = [], []

    def _remembered(self) -> dict[str, Tensor]:
        histories = {"moved": self._moved, "changed": self._changed}
        return {f"{name}.{number}": step for name, steps in histories.items() for number, step in enumerate(steps)}

    def _remember(self, state: dict[str, Tensor]) -> None:
        self._moved, self._changed = _steps(state, "moved"), _steps(state, "changed")


def _steps(state: dict[str, Tensor], name: str) -> list[Tensor]:
    """The steps in their order; older versions kept them as rows of one tensor, where most of them are not aligned as they were."""
    if name in state:
        return [row.clone() for row in state[name]]
    return [state[f"{name}.{number}"] for number in range(sum(key.startswith(f"{name}.") for key in state))]
