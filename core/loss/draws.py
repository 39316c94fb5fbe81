"""The draws of an experiment: the points at which each step asks its equations and conditions to hold.

Equations are asked to hold at collocation points inside the domain, conditions at points on its edges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.derivatives.jets.orders import parts
from core.derivatives.table import DIFFERENTIATORS, Wanted
from core.experiment import curriculum, marching
from core.experiment.experiment import Experiment
from core.experiment.uses import BATCHED
from core.expressions import At, leaves_in
from core.loss import sampling
from core.loss.asked import Asked
from core.loss.minibatches import DataRows, Minibatches
from core.loss.points import Points, Rows
from core.loss.resampling import POOL, RULES
from core.network.columns import Columns
from core.problem.conditions import BoundCondition

HELD_OUT = 1000
"""Points inside that are looked at to tell the best weights, at most."""
NEVER = 2**31 - 1
"""The draw of a step that no run reaches."""

Sizes = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""How large the residual is at points, (n, d) → (n,)."""


class Draws:
    """The points of each step of an experiment, on `device`, for what is `asked`."""

    def __init__(self, experiment: Experiment, asked: Asked, device: torch.device) -> None:
        self._experiment, self._asked, self._problem, self._device = experiment, asked, experiment.bound, device
        self.coordinates = tuple(coordinate.name for coordinate in experiment.bound.coordinates)
        self._phases = marching.phases(experiment), curriculum.phases(experiment)
        data, size = asked.data, experiment.batch
        self._all = None if data is None else data.all
        self._held = None if data is None else data.held or data.all
        self._minibatches = None
        if self._all is not None and size is not None:
            self._minibatches = Minibatches(DataRows(self._all.points, self._all.values), size, experiment.seed)

    @property
    def follow(self) -> bool:
        """Whether the points depend on what the network has learned."""
        return self._experiment.resampling in RULES and bool(self._problem.equations)

    def version(self, step: int) -> int:
        """What `step` (from 0) minimises, as the step with which that began: its draw of points, its window, its values of parameters."""
        return max(self._number(step), *(phases.begin(phases.at(step)) for phases in self._phases))

    def taken(self, step: int) -> int:
        """The step since which the data that `step` (from 0) learns are what they are: all, or a batch, where its method takes such."""
        stage = self._experiment.stage(step)
        if self._minibatches is None:
            return 0
        return step if stage.method in BATCHED else stage.begin

    def with_data(self, points: Points, step: int) -> Points:
        """The points with the data of `step`."""
        if self._minibatches is None or self._experiment.stage(step).method not in BATCHED:
            return points if points.data is self._all else replace(points, data=self._all)
        return replace(points, data=self._minibatches.at_step(step))

    @property
    def asked_from(self) -> int:
        """The first step (from 0) with the window and the values of parameters that are asked for."""
        return max(phases.begin(phases.last) for phases in self._phases)

    def at_step(self, step: int) -> Points:
        """The points of `step` (from 0), as far as they depend on nothing else: see `following`."""
        number = 0 if self.follow else self._number(step)
        return self.with_data(self._points(self._experiment.points, number, marching.high(self._experiment, step)), step)

    def held_out(self) -> Points:
        """Points that no step trains on, as many as it does, but at most `HELD_OUT` inside; all data where none are held out."""
        return replace(self._points(min(self._experiment.points, HELD_OUT), NEVER, self._problem.high), data=self._held)

    def following(self, sizes: Sizes, points: Points, step: int, since: int = 0) -> Points:
        """The points of `step` where those of step `since` were `points`: they may follow the residual, whose `sizes` can be asked for.

        A new window begins with points that are spread over all of it: those of before say nothing of its new part.
        """
        rule, high = RULES.get(self._experiment.resampling) if self.follow else None, marching.high(self._experiment, step)
        if rule is None or high != marching.high(self._experiment, since):
            points = self.at_step(step)
        if rule is None or self._number(step) == self._number(since):
            return points
        n = self._experiment.points
        random = sampling.generator(self._experiment.seed, 0, self._number(step))
        fresh = sampling.in_box(self._experiment.sampling, POOL * n, self._problem.low, high, random)
        fresh = fresh[random.permutation(len(fresh))]  # any part of them is spread over all of the domain
        before = torch.cat(list(points.interior.values()), dim=1).detach().cpu().double().numpy()
        both = sizes(before), sizes(fresh)
        return self.moved(rule(before, fresh, *both, n, random), points)

    def moved(self, interior: Any, others: Points) -> Points:
        """Points whose equations are asked for at `interior`, (n, d), and all else as in `others`."""
        return replace(others, interior=self.columns(interior))

    def columns(self, points: Any) -> Columns:
        """Points (n, d) as columns, (n, 1) each, at which the equations' residuals can be taken."""
        return self.differentiable(self.tensor(points), self._asked.of_equations)

    def differentiable(self, points: Tensor, wanted: frozenset[Wanted]) -> Columns:
        """Points (n, d) as columns, (n, 1) each, which require gradients where the engine needs that for what is wanted."""
        derived = any(by for item in wanted for by, _ in parts(item))
        required = DIFFERENTIATORS[self._asked.engine].differentiates and derived
        return Columns((name, points[:, index : index + 1].clone().requires_grad_(required)) for index, name in enumerate(self.coordinates))

    def _points(self, count: int, draw: int, high: Sequence[float]) -> Points:
        """`count` points inside, below the corner `high`, and all those on edges, a function of the number of the draw."""
        method, seed, low = self._experiment.sampling, self._experiment.seed, self._problem.low
        interior = sampling.in_box(method, count, low, high, sampling.generator(seed, 0, draw))
        batch: list[Tensor] = []
        rows: list[Rows] = []
        start = 0
        for number, condition in enumerate(self._asked.conditions, start=1):
            random = sampling.generator(seed, number, draw)
            base = self.tensor(sampling.on_edges(method, self._experiment.condition_points, condition.edges, low, high, random))
            at: dict[tuple[float | None, ...], slice] = {}
            for place in _places(condition):
                at[place] = slice(start, start + len(base))
                start += len(base)
                batch.append(_moved(base, place))
            rows.append(Rows(at, self.differentiable(base, frozenset())))
        edge = torch.cat(batch) if batch else torch.empty(0, len(self.coordinates), dtype=self._asked.dtype, device=self._device)
        return Points(
            interior=self.differentiable(self.tensor(interior), self._asked.of_equations),
            edge=self.differentiable(edge, self._asked.of_conditions),
            rows=tuple(rows),
        )

    def _number(self, step: int) -> int:
        """The number of the draw that `step` takes its points from."""
        period = {"fixed": None, "every-step": 1}.get(self._experiment.resampling, self._experiment.period)
        return 0 if period is None else step // period * period

    def tensor(self, points: Any) -> Tensor:
        """Points of whatever kind in the precision and on the device of the training."""
        return torch.as_tensor(points, dtype=self._asked.dtype, device=self._device)


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
