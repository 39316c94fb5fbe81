"""The residuals of an experiment as engines of whole steps take them: points as tensors, equations as tapes of operations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.batches import Points
from core.columns import Columns
from core.domain import Place
from core.engines import ENGINES, Wanted
from core.expressions import At, Binary, Combination, Coordinate, Derivative, Expression, Leaf, compile, leaves_in
from core.jets import inputs
from core.jets.orders import Parts, Streams, parts, streams
from core.losses import Losses
from core.native import Tape
from core.networks import Trial
from core.products import Products
from core.taping import Slot, Taper
from core.torch_functions import TORCH
from core.weights import Weights


@dataclass(frozen=True)
class Group:
    """Residuals that share their rows: `terms` are their numbers, `count` is by what their squares' sums are divided.

    `inputs` are (places, streams, rows, features), `columns` (columns, rows).
    """

    terms: tuple[int, ...]
    count: int
    streams: Streams
    inputs: Tensor
    columns: Tensor
    tape: Tape

    @property
    def rows(self) -> int:
        return int(self.inputs.shape[2])

    @property
    def points(self) -> int:
        """At which the network is asked for."""
        return len(self.inputs) * self.rows

    def scales(self, weights: Weights) -> Tensor:
        """What the squares are multiplied by in the loss, (residuals, rows) or (residuals, 1)."""
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


def groups(losses: Losses, network: nn.Sequential, points: Points, *, alike: bool) -> Iterator[Group]:
    """Those of the equations, of each condition, and of the data; all with the same streams if they are to be `alike`."""
    asked = list(_asked(losses, points))
    found = [_Leaves(losses, network, item) for item in asked]
    union = frozenset[Parts]().union(*(leaves.wanted for leaves in found)) if alike else frozenset[Parts]()
    for item, leaves in zip(asked, found, strict=True):
        yield _group(losses, network, item, leaves, streams(leaves.wanted | union))


def _asked(losses: Losses, points: Points) -> Iterator[_Asked]:
    everywhere: Place = (None,) * len(losses.coordinates)
    terms = tuple(range(len(losses.equations)))
    yield _Asked(losses.equations, terms, {everywhere: points.interior}, points.interior, points.interior.rows)
    for term, condition, rows in zip(losses.soft_terms, losses.soft, points.rows, strict=True):
        places = {place: Columns((name, column[part].detach()) for name, column in points.edge.items()) for place, part in rows.at.items()}
        yield _Asked([condition.residual], (term,), places or {everywhere: rows.base}, rows.base, rows.base.rows)
    if losses.measured_at is not None:
        columns, values = losses.measured_at  # what each unknown that is measured is more than it should be; all of it is one term
        measured = {Coordinate(f"{unknown} measured"): value for unknown, value in values.items()}
        trees = [Binary("-", Derivative(unknown), key) for unknown, key in zip(values, measured, strict=True)]
        base = Columns({**columns, **{key.name: value for key, value in measured.items()}})
        numbers = (len(losses.weights) - 1,) * len(trees)
        yield _Asked(trees, numbers, {everywhere: columns}, base, base.rows * len(trees))


def _group(losses: Losses, network: nn.Sequential, asked: _Asked, leaves: _Leaves, held: Streams) -> Group:
    taper = Taper(lambda leaf, taper: leaves.slot(leaf, taper, held), len(asked.places) * len(held.held) * len(losses.problem.unknowns))
    tape = taper.tape(asked.trees)
    rows = asked.base.rows
    values: dict[Leaf, Any] = {Coordinate(name): column.detach() for name, column in asked.base.items()}
    columns = [leaves.columns[key] if key in leaves.columns else compile(key, TORCH)(values) for key in taper.columns]  # type: ignore[arg-type]
    like = next(iter(asked.base.values()))
    return Group(
        asked.terms,
        asked.count,
        held,
        torch.stack([_inputs(network, place, held) for place in asked.places.values()]),
        torch.stack([column.detach().expand(rows, 1)[:, 0] for column in columns]) if columns else like.new_empty(0, rows),
        tape,
    )


def _inputs(network: nn.Sequential, columns: Columns, held: Streams) -> Tensor:
    """The jets before the first layer, (streams, rows, features)."""
    before, _ = inputs.split(network)
    with torch.no_grad():
        return inputs.jets(before, torch.cat(list(columns.values()), dim=1), list(columns), held)


class _Leaves:
    """What residuals take of the network at places: outputs in streams, and by Leibniz what makes them those of a trial function.

    `wanted` is what the streams must hold; `columns` are the factors and shifts of a trial function, (rows, 1), by the keys under which a
    tape asks for them.
    """

    def __init__(self, losses: Losses, network: nn.Sequential, asked: _Asked) -> None:
        self._unknowns, self._network, self._places = losses.problem.unknowns, network, asked.places
        self._numbers = {place: number for number, place in enumerate(asked.places)}
        items: Collection[Wanted] = frozenset(
            _wanted(leaf) for tree in asked.trees for leaf in leaves_in(tree) if not isinstance(leaf, Coordinate)
        )
        self._products = None
        if isinstance(network, Trial):
            self._products = Products(ENGINES[losses.experiment.losses_engine].values, self._unknowns, items)
            items = self._products.inside
        self.wanted = frozenset(map(parts, items))
        self.columns: dict[object, Tensor] = {}

    def slot(self, leaf: Leaf, taper: Taper, held: Streams) -> Slot:
        """Where a leaf's value is, or comes to be."""
        place, item = leaf.place if isinstance(leaf, At) else next(iter(self._places)), _wanted(leaf)
        if self._products is None:
            return self._output(item, place, held)
        assert isinstance(self._network, Trial)
        shift, factors = self._products.given(self._network, self._places[place])[item]
        found = None
        for inner, factor in factors.items():
            if factor.any():
                product = taper.operation("*", self._column((item, inner, place), factor, taper), self._output(inner, place, held))
                found = product if found is None else taper.operation("+", found, product)
        if found is not None and not shift.any():
            return found
        column = self._column((item, place), shift, taper)
        return column if found is None else taper.operation("+", found, column)

    def _output(self, item: Wanted, place: Place, held: Streams) -> Slot:
        stream = self._numbers[place] * len(held.held) + held.held.index(parts(item))
        return Slot("output", stream * len(self._unknowns) + self._unknowns.index(item.unknown))

    def _column(self, key: object, values: Tensor, taper: Taper) -> Slot:
        self.columns[key] = values
        return taper.column(key)


def _wanted(leaf: Leaf) -> Wanted:
    """What is asked for of an unknown."""
    if isinstance(leaf, At):
        return leaf.derivative
    assert isinstance(leaf, Derivative | Combination)
    return leaf
