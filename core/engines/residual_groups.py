"""The residuals of an experiment as engines of whole steps take them: points as tensors, equations as tapes of operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.derivatives.jets import inputs
from core.derivatives.jets.orders import Parts, Streams, streams
from core.domain.domain import Place
from core.engines.kernel import PackedTape
from core.engines.network_values import Leaves, Part
from core.engines.taper import Taper
from core.expressions import Binary, Coordinate, Derivative, Expression, Leaf, compile
from core.expressions.torch_functions import TORCH
from core.loss.losses import Losses
from core.loss.points import Points
from core.loss.weights import Weights
from core.network.columns import Columns


@dataclass(frozen=True)
class ResidualGroup:
    """Residuals that share their rows: `terms` are their numbers, `count` is by what their squares' sums are divided.

    `inputs` are (places, streams, rows, features), `columns` (columns, rows).
    """

    terms: tuple[int, ...]
    count: int
    streams: Streams
    inputs: Tensor
    columns: Tensor
    tape: PackedTape

    @property
    def rows(self) -> int:
        return int(self.inputs.shape[2])

    @property
    def points(self) -> int:
        """The number of points at which the network is asked for."""
        return len(self.inputs) * self.rows

    def scales(self, weights: Weights) -> Tensor:
        """The factors of the squares in the loss, (residuals, rows) or (residuals, 1)."""
        given = weights.terms[list(self.terms)][:, None] / self.count
        if not any(term in weights.points for term in self.terms):
            return given
        rows = [weights.points[term][:, 0] if term in weights.points else given.new_ones(self.rows) for term in self.terms]
        return given * torch.stack(rows)


@dataclass(frozen=True)
class _Asked:
    """Residuals as trees, and where they take the network and their own coordinates from."""

    trees: Sequence[Expression]
    terms: tuple[int, ...]
    places: Mapping[Place, Columns]
    base: Columns
    count: int


class Groups:
    """The groups of an experiment's residuals at certain points: `found` are those of the equations, of each condition, and of the data.

    `made_of` are the losses and points. All groups have the same streams if they are to be `alike`.
    """

    def __init__(self, losses: Losses, network: nn.Sequential, points: Points, *, alike: bool) -> None:
        self.made_of = losses, points
        asked = list(_asked(losses, points))
        leaves = [Leaves(losses, network, item.trees, item.places) for item in asked]
        union = frozenset[Parts]().union(*(found.wanted for found in leaves)) if alike else frozenset[Parts]()
        self._written = [_Written(network, item, found, streams(found.wanted | union)) for item, found in zip(asked, leaves, strict=True)]
        self.found = [written.group(item) for written, item in zip(self._written, asked, strict=True)]

    def are_of(self, losses: Losses, points: Points) -> bool:
        """Whether the groups were made of these losses and points: others have other equations, or other values of parameters."""
        return self.made_of[0] is losses and self.made_of[1] is points

    def move(self, losses: Losses, points: Points) -> bool:
        """Take other points of the same losses; False, and nothing is changed, where they are not as many, or do not suit the tapes."""
        if losses is not self.made_of[0]:
            return False
        asked = list(_asked(losses, points))
        for written, item, before in zip(self._written, asked, self.found, strict=True):
            if item.base.rows != before.rows or len(item.places) != len(before.inputs) or not written.suits(item.places):
                return False
        self.found = [written.group(item) for written, item in zip(self._written, asked, strict=True)]
        self.made_of = losses, points
        return True


def _asked(losses: Losses, points: Points) -> Iterator[_Asked]:
    everywhere: Place = (None,) * len(losses.draws.coordinates)
    terms = tuple(range(len(losses.asked.equations)))
    if terms:
        yield _Asked(losses.asked.equations, terms, {everywhere: points.interior}, points.interior, points.interior.rows)
    for term, condition, rows in zip(losses.asked.condition_terms, losses.asked.conditions, points.rows, strict=True):
        places = {place: Columns((name, column[part].detach()) for name, column in points.edge.items()) for place, part in rows.at.items()}
        yield _Asked([condition.residual], (term,), places or {everywhere: rows.base}, rows.base, rows.base.rows)
    measured_at = losses.measured_at(points)
    if measured_at is not None:
        columns, values = measured_at  # what each unknown that is measured is more than it should be; all of it is one term
        measured = {Coordinate(f"{unknown} measured"): value for unknown, value in values.items()}
        trees = [Binary("-", Derivative(unknown), key) for unknown, key in zip(values, measured, strict=True)]
        base = Columns({**columns, **{key.name: value for key, value in measured.items()}})
        numbers = (len(losses.weights) - 1,) * len(trees)
        yield _Asked(trees, numbers, {everywhere: columns}, base, base.rows * len(trees))


class _Written:
    """Residuals as a tape, for whatever points it suits."""

    def __init__(self, network: nn.Sequential, asked: _Asked, leaves: Leaves, held: Streams) -> None:
        self._leaves, self._held = leaves, held
        self._before, _ = inputs.split(network)
        taper = Taper(lambda leaf, taper: leaves.slot(leaf, taper, held), len(asked.places) * len(held.held) * leaves.unknowns)
        self._tape = taper.packed(asked.trees)
        self._columns: list[Part | Callable[..., Any]] = [key if isinstance(key, Part) else compile(key, TORCH) for key in taper.columns]  # type: ignore[arg-type]

    def suits(self, places: Mapping[Place, Columns]) -> bool:
        """Whether what of a trial function vanishes at these points is what did when the tape was written."""
        return self._leaves.vanishing == self._leaves.vanishing_at(places)

    def group(self, asked: _Asked) -> ResidualGroup:
        """The group at the points that are asked for."""
        rows = asked.base.rows
        values: dict[Leaf, Any] = {Coordinate(name): column.detach() for name, column in asked.base.items()}
        columns = [self._leaves.part(key, asked.places) if isinstance(key, Part) else key(values) for key in self._columns]
        like = next(iter(asked.base.values()))
        return ResidualGroup(
            asked.terms,
            asked.count,
            self._held,
            torch.stack([self._inputs(place) for place in asked.places.values()]),
            torch.stack([column.detach().expand(rows, 1)[:, 0] for column in columns]) if columns else like.new_empty(0, rows),
            self._tape,
        )

    def _inputs(self, columns: Columns) -> Tensor:
        """The jets before the first layer, (streams, rows, features)."""
        with torch.no_grad():
            return inputs.jets(self._before, torch.cat(list(columns.values()), dim=1), list(columns), self._held)
