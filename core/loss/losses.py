"""The loss of an experiment: one `MSELoss` term for each equation and each condition.

What is asked stands in `core/loss/asked.py`, where in `core/loss/draws.py`; here it is evaluated, with torch's own graph or without. Each
kind is one pass through the network, whatever the number of terms. What the network is built to meet (`core/problem/hard_constraints.py`)
is not asked for: such a condition's term is zero.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.derivatives.leibniz import Products
from core.derivatives.table import DIFFERENTIATORS, Wanted
from core.experiment import curriculum
from core.experiment.experiment import Experiment
from core.expressions import At, Coordinate, Leaf, compile
from core.expressions.torch_functions import TORCH
from core.loss.asked import Asked
from core.loss.draws import Draws
from core.loss.points import Points, Residual
from core.network.columns import Columns
from core.network.trial import TrialNetwork

AT_ONCE = 20_000
"""Points at which the residual is looked at in one go, so that it fits into memory with autograd's graph."""


class Losses:
    """Residuals and loss terms of an experiment on `device`: of all that is `asked`, at the points of its `draws`."""

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        self.experiment, self.problem, self.device = experiment, experiment.asked, device
        self.asked = Asked(experiment, device)
        self.draws = Draws(experiment, self.asked, device)
        self.dtype = self.asked.dtype
        self.weights = torch.tensor([weight for _, weight in experiment.weights], dtype=self.dtype, device=device)  # (terms,)
        self.mse = nn.MSELoss()
        self._equations = [compile(tree, TORCH) for tree in self.asked.equations]
        self._conditions = [compile(condition.residual, TORCH) for condition in self.asked.conditions]
        self._products: dict[frozenset[Wanted], Products] = {}  # where the network is a trial function

    def measured_at(self, points: Points) -> tuple[Columns, dict[str, Tensor]] | None:
        """The points of the data, and the values of each unknown that is known there, (n, 1) each; None without any."""
        data, batch = self.asked.data, points.data
        if data is None or batch is None:
            return None
        return self.draws.differentiable(batch.points, frozenset()), dict(zip(data.unknowns, batch.values.split(1, dim=1), strict=True))

    def at_values(self, step: int) -> Losses:
        """The losses with the parameters' values of `step`: these, or easier ones of a curriculum."""
        experiment = curriculum.at(self.experiment, step)
        return self if experiment is self.experiment else Losses(experiment, self.device)

    def redraw(self, network: nn.Sequential, points: Points, step: int, since: int = 0) -> Points:
        """The points of `step` where those of step `since` were `points`: they may follow the residual that `network` has there."""
        return self.draws.following(partial(self._sizes, network), points, step, since)

    def terms(self, network: nn.Sequential, points: Points) -> Tensor:
        """The mean squared residual of each equation, of each condition (zero for a hard constraint), and of the data, (terms,)."""
        return self.means([residual for batch in self.batches(network, points) for residual in batch])

    def means(self, residuals: Collection[Residual]) -> Tensor:
        """The loss terms of all `residuals`, (terms,)."""
        found = {residual.term: self.mse(residual.value, torch.zeros_like(residual.value)) for residual in residuals}
        nothing = torch.zeros((), dtype=self.dtype, device=self.device)
        return torch.stack([found.get(term, nothing) for term in range(len(self.weights))])

    def total(self, terms: Tensor) -> Tensor:
        """The weighted sum of the terms, ()."""
        return torch.dot(self.weights, terms)

    def batches(self, network: nn.Sequential, points: Points) -> list[list[Residual]]:
        """All residuals; those of one list depend, row by row, on points of their own, and share one pass through the network."""
        equations = [[residual] for residual in self.of_equations(network, points.interior, 0, points.interior.rows)]
        return [*equations, *self.of_others(network, points)]

    def of_equations(self, network: nn.Sequential, columns: Columns, begin: int, count: int) -> list[Residual]:
        """The residuals of all equations at some of their points, from number `begin` on of `count`."""
        at = (slice(0, columns.rows),)
        return [Residual(term, value, at, begin, count) for term, value in enumerate(self.residuals(network, columns))]

    def of_others(self, network: nn.Sequential, points: Points) -> list[list[Residual]]:
        """The residuals of the conditions, and of the data."""
        conditions = []
        if points.rows:
            conditions = [self._conditions_at(points, self.values(network, points.edge, self.asked.of_conditions))]
        return [*conditions, *self._data_residuals(network, points)]

    def residuals(self, network: nn.Sequential, columns: Columns) -> list[Tensor]:
        """Each equation's left side minus its right side, (n, 1), at `columns`."""
        if not self._equations:
            return []
        leaves = self._read(network, columns, self.asked.of_equations)
        return [self._residual(equation(leaves), columns.rows) for equation in self._equations]

    @torch.no_grad()
    def of_held(self, network: nn.Module) -> float | None:
        """The loss at the data that are held out, with the weight of the data's term; None where none are."""
        data = self.asked.data
        if data is None or data.held is None:
            return None
        return float(self.weights[-1] * self.mse(data.of(network, data.held), data.held.values))

    def looking(self) -> AbstractContextManager[None]:
        """A context in which residuals are computed, without their gradients where the engine can do without."""
        return nullcontext() if DIFFERENTIATORS[self.asked.engine].differentiates else torch.no_grad()

    def leaves(self, network: nn.Sequential, columns: Columns) -> dict[Leaf, Tensor]:
        """All that the equations are made of, (n, 1) each, at `columns`."""
        return self._read(network, columns, self.asked.of_statements)

    def condition_leaves(self, network: nn.Sequential, points: Points) -> list[dict[Leaf, Tensor]]:
        """All that each condition that is asked for is made of, (n, 1) each."""
        if not points.rows:
            return []
        return self._condition_leaves(points, self.values(network, points.edge, self.asked.of_conditions))

    def values(self, network: nn.Sequential, columns: Columns, wanted: frozenset[Wanted]) -> dict[Wanted, Tensor]:
        """The wanted derivatives, (n, 1) each, at `columns`, which require gradients where the engine needs that."""
        engine = DIFFERENTIATORS[self.asked.engine].values
        if not isinstance(network, TrialNetwork):
            return engine(network, columns, self.problem.outputs, wanted)
        if wanted not in self._products:
            self._products[wanted] = Products(engine, self.problem.outputs, wanted)
        return self._products[wanted].values(network, columns)

    def _sizes(self, network: nn.Sequential, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """How large the residual is at points, (n, d): the root of the weighted sum of the equations' squares, (n,)."""
        found = []
        for part in np.array_split(points, -(-len(points) // AT_ONCE)):
            with self.looking():
                residuals = [residual.detach() for residual in self.residuals(network, self.draws.columns(part))]
            squares = [weight * residual**2 for weight, residual in zip(self.weights, residuals, strict=False)]
            found.append(torch.stack(squares).sum(0).sqrt().flatten().cpu().double().numpy())
        sizes: NDArray[np.float64] = np.nan_to_num(np.concatenate(found), nan=0.0, posinf=0.0)
        return sizes

    def _conditions_at(self, points: Points, values: Mapping[Wanted, Tensor]) -> list[Residual]:
        """The residuals of the conditions, from what they ask for at the points of all of them."""
        leaves = self._condition_leaves(points, values)
        found = zip(self.asked.condition_terms, self._conditions, leaves, points.rows, strict=True)
        return [
            Residual(term, self._residual(condition(leaves), rows.base.rows), tuple(rows.at.values()), 0, rows.base.rows)
            for term, condition, leaves, rows in found
        ]

    def _data_residuals(self, network: nn.Sequential, points: Points) -> list[list[Residual]]:
        if self.asked.data is None or points.data is None:
            return []
        difference = self.asked.data.of(network, points.data) - points.data.values
        return [[Residual(len(self.weights) - 1, difference, (slice(0, len(difference)),), 0, difference.numel())]]

    def _read(self, network: nn.Sequential, columns: Columns, wanted: frozenset[Wanted]) -> dict[Leaf, Tensor]:
        leaves: dict[Leaf, Tensor] = {Coordinate(name): column for name, column in columns.items()}
        leaves.update(self.values(network, columns, wanted).items())
        return leaves

    def _condition_leaves(self, points: Points, values: Mapping[Wanted, Tensor]) -> list[dict[Leaf, Tensor]]:
        found = []
        for condition, rows in zip(self._conditions, points.rows, strict=True):
            leaves: dict[Leaf, Tensor] = {Coordinate(name): column for name, column in rows.base.items()}
            leaves |= {leaf: values[leaf.derivative][rows.at[leaf.place]] for leaf in condition.leaves if isinstance(leaf, At)}
            found.append(leaves)
        return found

    def _residual(self, value: Any, rows: int) -> Tensor:
        """An expression's value as (n, 1), also where it is one number."""
        return value if isinstance(value, Tensor) else torch.full((rows, 1), float(value), dtype=self.dtype, device=self.device)
