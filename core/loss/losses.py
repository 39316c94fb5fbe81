"""The loss of an experiment: one `MSELoss` term for each equation and each condition.

Equations are asked to hold at collocation points inside the domain, conditions at points on its edges; what is continuous at a cusp
(`core/problem/cusps.py`) is asked for likewise, at points of the face that lies there. Each kind is one pass through the network, whatever
the number of terms. What the network is built to meet (`core/problem/hard_constraints.py`) is not asked for: such a condition's term is
zero."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.derivatives.jets.orders import parts
from core.derivatives.leibniz import Products
from core.derivatives.sums import combined
from core.derivatives.table import ENGINES, Wanted
from core.experiment import curriculum, marching
from core.experiment.experiment import Experiment
from core.expressions import At, Coordinate, Expression, Leaf, compile, leaves_in
from core.expressions.torch_functions import TORCH
from core.loss import sampling
from core.loss.points import Points, Residual, Rows
from core.loss.resampling import POOL, RULES
from core.network import DTYPES, Trial
from core.network.columns import Columns
from core.problem import cusps
from core.problem.conditions import BoundCondition

HELD_OUT = 1000
"""Points inside that are looked at to tell the best weights, at most."""
AT_ONCE = 20_000
"""Points at which the residual is looked at in one go, so that it fits into memory with autograd's graph."""
NEVER = 2**31 - 1
"""The draw of a step that no run reaches."""


class _Data:
    """The measurements of an experiment's problem on `device`: `points` (n, d), `values` (n, measured)."""

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        data = experiment.problem.data
        assert data is not None
        rows = torch.tensor(data.rows, dtype=DTYPES[experiment.precision], device=device)  # (n, d + measured)
        self.points, self.values = rows.split([len(experiment.problem.coordinates), len(data.unknowns)], dim=1)
        self._columns = [experiment.problem.unknowns.index(unknown) for unknown in data.unknowns]

    def of(self, network: nn.Sequential) -> Tensor:
        """What the network says there, (n, measured)."""
        outputs: Tensor = network(self.points)[:, self._columns]
        return outputs


class Losses:
    """Residuals and loss terms of an experiment on `device`."""

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        problem = experiment.bound
        met = () if experiment.trial is None else experiment.trial.met
        soft = [(number, condition) for number, condition in enumerate(problem.conditions) if number not in met]
        self.experiment, self.problem = experiment, problem
        self.device, self.dtype = device, DTYPES[experiment.precision]
        self.coordinates = tuple(coordinate.name for coordinate in problem.coordinates)
        self.weights = torch.tensor([weight for _, weight in experiment.weights], dtype=self.dtype, device=device)  # (terms,)
        self.mse = nn.MSELoss()
        self._engine = experiment.losses_engine
        self._phases = marching.phases(experiment), curriculum.phases(experiment)
        self.equations = problem.equations if ENGINES[self._engine].differentiates else combined(problem.equations)
        self._equations = [compile(tree, TORCH) for tree in self.equations]
        soft += enumerate(cusps.conditions(problem, experiment.cusps, torch.finfo(self.dtype).eps), len(problem.conditions))
        self.soft = [condition for _, condition in soft]
        self.soft_terms = [len(problem.equations) + number for number, _ in soft]  # of these conditions
        self._conditions = [compile(condition.residual, TORCH) for condition in self.soft]
        self._data = _Data(experiment, device) if experiment.problem.data is not None else None
        self._wanted, self._leaves = _wanted(self.equations), _wanted(problem.equations)
        self._wanted_at_edges = _wanted([condition.residual for condition in self.soft])
        self._products: dict[frozenset[Wanted], Products] = {}  # where the network is a trial function

    @property
    def measured_at(self) -> tuple[Columns, dict[str, Tensor]] | None:
        """The points of the measurements, and the values of each unknown that is measured there, (n, 1) each; None without any."""
        if self._data is None or self.experiment.problem.data is None:
            return None
        values = zip(self.experiment.problem.data.unknowns, self._data.values.split(1, dim=1), strict=True)
        return self._columns(self._data.points, frozenset()), dict(values)

    @property
    def measured(self) -> float:
        """The size of the measured values, by root mean square; 0 without any."""
        return 0.0 if self._data is None else float(self._data.values.square().mean().sqrt())

    @property
    def follows(self) -> bool:
        """Whether the points depend on what the network has learned."""
        return self.experiment.resampling in RULES

    def version(self, step: int) -> int:
        """What `step` (from 0) minimises, as the step with which that began: its draw of points, its window, its values of parameters."""
        return max(self._drawn(step), *(phases.begin(phases.at(step)) for phases in self._phases))

    @property
    def asked_from(self) -> int:
        """The first step (from 0) with the window and the values of parameters that are asked for."""
        return max(phases.begin(phases.last) for phases in self._phases)

    def at_values(self, step: int) -> Losses:
        """The losses with the parameters' values of `step`: these, or easier ones of a curriculum."""
        experiment = curriculum.at(self.experiment, step)
        return self if experiment is self.experiment else Losses(experiment, self.device)

    def draw(self, step: int) -> Points:
        """The points of `step` (from 0), as far as they depend on nothing else: see `redraw`."""
        return self._points(self.experiment.points, 0 if self.follows else self._drawn(step), marching.high(self.experiment, step))

    def _points(self, count: int, draw: int, high: Sequence[float]) -> Points:
        """`count` points inside, below the corner `high`, and all those on edges, a function of the number of the draw."""
        method, seed, low = self.experiment.sampling, self.experiment.seed, self.problem.low
        interior = sampling.in_box(method, count, low, high, sampling.generator(seed, 0, draw))
        batch: list[Tensor] = []
        rows: list[Rows] = []
        start = 0
        for number, condition in enumerate(self.soft, start=1):
            random = sampling.generator(seed, number, draw)
            base = self._tensor(sampling.on_edges(method, self.experiment.condition_points, condition.edges, low, high, random))
            at: dict[tuple[float | None, ...], slice] = {}
            for place in _places(condition):
                at[place] = slice(start, start + len(base))
                start += len(base)
                batch.append(_moved(base, place))
            rows.append(Rows(at, self._columns(base, frozenset())))
        edge = torch.cat(batch) if batch else torch.empty(0, len(self.coordinates), dtype=self.dtype, device=self.device)
        return Points(
            interior=self._columns(self._tensor(interior), self._wanted),
            edge=self._columns(edge, self._wanted_at_edges),
            rows=tuple(rows),
        )

    def held_out(self) -> Points:
        """Points that no step trains on, as many as it does, but at most `HELD_OUT` inside."""
        return self._points(min(self.experiment.points, HELD_OUT), NEVER, self.problem.high)

    def redraw(self, network: nn.Sequential, points: Points, step: int, since: int = 0) -> Points:
        """The points of `step` where those of step `since` were `points`: they may follow the residual that `network` has there.

        A new window begins with points that are spread over all of it: those of before say nothing of its new part.
        """
        rule, high = RULES.get(self.experiment.resampling), marching.high(self.experiment, step)
        if rule is None or high != marching.high(self.experiment, since):
            points = self.draw(step)
        if rule is None or self._drawn(step) == self._drawn(since):
            return points
        n = self.experiment.points
        random = sampling.generator(self.experiment.seed, 0, self._drawn(step))
        fresh = sampling.in_box(self.experiment.sampling, POOL * n, self.problem.low, high, random)
        fresh = fresh[random.permutation(len(fresh))]  # any part of them is spread over all of the domain
        before = torch.cat(list(points.interior.values()), dim=1).detach().cpu().double().numpy()
        sizes = self._sizes(network, before), self._sizes(network, fresh)
        return self.at(rule(before, fresh, *sizes, n, random), points)

    def at(self, interior: Any, others: Points) -> Points:
        """Points whose equations are asked for at `interior`, (n, d), and all else as in `others`."""
        return replace(others, interior=self.columns(interior))

    def _drawn(self, step: int) -> int:
        """The number of the draw that `step` takes its points from."""
        period = {"fixed": None, "every-step": 1}.get(self.experiment.resampling, self.experiment.period)
        return 0 if period is None else step // period * period

    def _sizes(self, network: nn.Sequential, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """How large the residual is at points, (n, d): the root of the weighted sum of the equations' squares, (n,)."""
        found = []
        for part in np.array_split(points, -(-len(points) // AT_ONCE)):
            with self.looking():
                residuals = [residual.detach() for residual in self.residuals(network, self.columns(part))]
            squares = [weight * residual**2 for weight, residual in zip(self.weights, residuals, strict=False)]
            found.append(torch.stack(squares).sum(0).sqrt().flatten().cpu().double().numpy())
        sizes: NDArray[np.float64] = np.nan_to_num(np.concatenate(found), nan=0.0, posinf=0.0)
        return sizes

    def terms(self, network: nn.Sequential, points: Points) -> Tensor:
        """The mean squared residual of each equation, of each condition (zero for a hard constraint), and of the data, (terms,)."""
        return self.means([residual for batch in self.batches(network, points) for residual in batch])

    def means(self, residuals: Collection[Residual]) -> Tensor:
        """The loss terms of all `residuals`, (terms,)."""
        found = {residual.term: self.mse(residual.value, torch.zeros_like(residual.value)) for residual in residuals}
        nothing = torch.zeros((), dtype=self.dtype, device=self.device)
        return torch.stack([found.get(term, nothing) for term in range(len(self.weights))])

    def batches(self, network: nn.Sequential, points: Points) -> list[list[Residual]]:
        """All residuals; those of one list depend, row by row, on points of their own, and share one pass through the network."""
        equations = [[residual] for residual in self.of_equations(network, points.interior, 0, points.interior.rows)]
        return [*equations, *self.of_others(network, points)]

    def of_equations(self, network: nn.Sequential, columns: Columns, begin: int, count: int) -> list[Residual]:
        """Those of all equations at some of their points, from number `begin` on of `count`."""
        at = (slice(0, columns.rows),)
        return [Residual(term, value, at, begin, count) for term, value in enumerate(self.residuals(network, columns))]

    def of_others(self, network: nn.Sequential, points: Points) -> list[list[Residual]]:
        """Those of the conditions, and of the data."""
        conditions = []
        if points.rows:
            conditions = [self._conditions_at(points, self.values(network, points.edge, self._wanted_at_edges))]
        return [*conditions, *self._data_residuals(network)]

    def _conditions_at(self, points: Points, values: Mapping[Wanted, Tensor]) -> list[Residual]:
        """Those of the conditions, from what they ask for at the points of all of them."""
        found = zip(self.soft_terms, self._conditions, self._condition_leaves(points, values), points.rows, strict=True)
        return [
            Residual(term, self._residual(condition(leaves), rows.base.rows), tuple(rows.at.values()), 0, rows.base.rows)
            for term, condition, leaves, rows in found
        ]

    def total(self, terms: Tensor) -> Tensor:
        """The weighted sum of the terms, ()."""
        return torch.dot(self.weights, terms)

    def residuals(self, network: nn.Sequential, columns: Columns) -> list[Tensor]:
        """Each equation's left side minus its right side, (n, 1), at `columns`."""
        leaves = self._read(network, columns, self._wanted)
        return [self._residual(equation(leaves), columns.rows) for equation in self._equations]

    def looking(self) -> AbstractContextManager[None]:
        """In which residuals are computed, without their gradients where the engine can do without."""
        return nullcontext() if ENGINES[self._engine].differentiates else torch.no_grad()

    def leaves(self, network: nn.Sequential, columns: Columns) -> dict[Leaf, Tensor]:
        """All that the equations are made of, (n, 1) each, at `columns`."""
        return self._read(network, columns, self._leaves)

    def _read(self, network: nn.Sequential, columns: Columns, wanted: frozenset[Wanted]) -> dict[Leaf, Tensor]:
        return self._leaves_of(columns, self.values(network, columns, wanted))

    def _leaves_of(self, columns: Columns, values: Mapping[Wanted, Tensor]) -> dict[Leaf, Tensor]:
        leaves: dict[Leaf, Tensor] = {Coordinate(name): column for name, column in columns.items()}
        leaves.update(values.items())
        return leaves

    def columns(self, points: Any) -> Columns:
        """Points (n, d) as columns, (n, 1) each, at which residuals can be taken."""
        return self._columns(self._tensor(points), self._wanted)

    def _data_residuals(self, network: nn.Sequential) -> list[list[Residual]]:
        if self._data is None:
            return []
        difference = self._data.of(network) - self._data.values
        return [[Residual(len(self.weights) - 1, difference, (slice(0, len(difference)),), 0, difference.numel())]]

    def condition_leaves(self, network: nn.Sequential, points: Points) -> list[dict[Leaf, Tensor]]:
        """All that each soft condition is made of, (n, 1) each."""
        if not points.rows:
            return []
        return self._condition_leaves(points, self.values(network, points.edge, self._wanted_at_edges))

    def _condition_leaves(self, points: Points, values: Mapping[Wanted, Tensor]) -> list[dict[Leaf, Tensor]]:
        found = []
        for condition, rows in zip(self._conditions, points.rows, strict=True):
            leaves: dict[Leaf, Tensor] = {Coordinate(name): column for name, column in rows.base.items()}
            leaves |= {leaf: values[leaf.derivative][rows.at[leaf.place]] for leaf in condition.leaves if isinstance(leaf, At)}
            found.append(leaves)
        return found

    def values(self, network: nn.Sequential, columns: Columns, wanted: frozenset[Wanted]) -> dict[Wanted, Tensor]:
        """The wanted derivatives, (n, 1) each, at `columns`, which require gradients where the engine needs that."""
        engine = ENGINES[self._engine].values
        if not isinstance(network, Trial):
            return engine(network, columns, self.problem.unknowns, wanted)
        if wanted not in self._products:
            self._products[wanted] = Products(engine, self.problem.unknowns, wanted)
        return self._products[wanted].values(network, columns)

    def _residual(self, value: Any, rows: int) -> Tensor:
        """An expression's value as (n, 1), also where it is one number."""
        return value if isinstance(value, Tensor) else torch.full((rows, 1), float(value), dtype=self.dtype, device=self.device)

    def _tensor(self, points: Any) -> Tensor:
        return torch.as_tensor(points, dtype=self.dtype, device=self.device)

    def _columns(self, points: Tensor, wanted: frozenset[Wanted]) -> Columns:
        derived = any(by for item in wanted for by, _ in parts(item))
        differentiable = ENGINES[self._engine].differentiates and derived
        return Columns(
            (name, points[:, index : index + 1].clone().requires_grad_(differentiable)) for index, name in enumerate(self.coordinates)
        )


def _wanted(trees: Collection[Expression]) -> frozenset[Wanted]:
    """What has to be known of the unknowns."""
    leaves = {leaf for tree in trees for leaf in leaves_in(tree)}
    return frozenset([leaf for leaf in leaves if isinstance(leaf, Wanted)] + [leaf.derivative for leaf in leaves if isinstance(leaf, At)])


def _places(condition: BoundCondition) -> list[tuple[float | None, ...]]:
    """The places a condition evaluates at, each once, in an order that does not depend on hashing."""
    places = {leaf.place for leaf in leaves_in(condition.residual) if isinstance(leaf, At)}
    return sorted(places, key=lambda place: tuple((value is not None, value or 0.0) for value in place))


def _moved(points: Tensor, place: tuple[float | None, ...]) -> Tensor:
    """`points` (n, d) with the coordinates that `place` fixes set to its values."""
    moved = points.clone()
    for axis, value in enumerate(place):
        if value is not None:
            moved[:, axis] = value
    return moved
