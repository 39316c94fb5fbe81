"""A network within a trial function, which meets the conditions whatever its weights are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from core.expressions import Coordinate, Leaf, compile
from core.expressions.torch_functions import TORCH
from core.problem import hard_constraints


class TrialNetwork(nn.Sequential):
    """u = A + B·N (see `core/problem/hard_constraints.py`), N being what the layers give: the conditions hold whatever the weights are."""

    def __init__(self, trial: hard_constraints.Trial, coordinates: Sequence[str], *layers: nn.Module) -> None:
        super().__init__(*layers)
        self._coordinates = tuple(coordinates)
        self._shifts = [compile(tree, TORCH) for tree in trial.shifts]
        self._factors = [compile(tree, TORCH) for tree in trial.factors]
        self._within = (nn.Sequential(*layers),)  # in a tuple, so that it is no layer itself

    def forward(self, points: Tensor) -> Tensor:
        """(n, d) → (n, unknowns)."""
        shifts, factors = self.parts(dict(zip(self._coordinates, points.split(1, dim=1), strict=True)))
        trials = zip(shifts, factors, self.within(points).split(1, dim=1), strict=True)
        return torch.cat([shift + factor * output for shift, factor, output in trials], dim=1)

    @property
    def within(self) -> nn.Sequential:
        """N alone, (n, d) → (n, unknowns), of the same layers."""
        return self._within[0]

    def parts(self, columns: Mapping[str, Tensor]) -> tuple[list[Tensor | float], list[Tensor | float]]:
        """A and B of each unknown, (n, 1) or a number, at `columns`, (n, 1) each."""
        leaves: dict[Leaf, Tensor] = {Coordinate(name): column for name, column in columns.items()}
        return [shift(leaves) for shift in self._shifts], [factor(leaves) for factor in self._factors]
