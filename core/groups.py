"""The residuals of an experiment as engines of whole steps take them: points as tensors, equations as tapes of operations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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


class Groups:
    """The groups of an experiment's residuals at certain points: `found` are those of the equations, of each condition, and of the data.

    All have the same streams if they are to be `alike`.
    """

    def __init__(self, losses: Losses, network: nn.Sequential, points: Points, *, alike: bool) -> None:
        self._losses = losses
        asked = list(_asked(losses, points))
        leaves = [_Leaves(losses, network, item) for item in asked]
        union = frozenset[Parts]().union(*(found.wanted for found in leaves)) if alike else frozenset[Parts]()
        self._written = [_Written(network, item, found, streams(found.wanted | union)) for item, found in zip(asked, leaves, strict=True)]
        self.found = [written.group(item) for written, item in zip(self._written, asked, strict=True)]

    def move(self, points: Points) -> bool:
        """Take other points; False, and nothing is changed, where there are not as many, or the tapes do not suit them."""
        asked = list(_asked(self._losses, points))
        for written, item, before in zip(self._written, asked, self.found, strict=True):
            if item.base.rows != before.rows or len(item.places) != len(before.inputs) or not written.suits(item.places):
                return False
        self.found = [written.group(item) for written, item in zip(self._written, asked, strict=True)]
        return True


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


class _Written:
    """Residuals as a tape, for whatever points it suits."""

    def __init__(self, network: nn.Sequential, asked: _Asked, leaves: _Leaves, held: Streams) -> None:
        self._network, self._leaves, self._held = network, leaves, held
        self._before, _ = inputs.split(network)
        taper = Taper(lambda leaf, taper: leaves.slot(leaf, taper, held), len(asked.places) * len(held.held) * leaves.unknowns)
        self._tape = taper.tape(asked.trees)
        self._columns: list[_Part | Callable[..., Any]] = [key if isinstance(key, _Part) else compile(key, TORCH) for key in taper.columns]  # type: ignore[arg-type]

    def suits(self, places: Mapping[Place, Columns]) -> bool:
        """Whether what of a trial function vanishes at these points is what did when the tape was written."""
        return self._leaves.vanishing == self._leaves.vanishing_at(places)

    def group(self, asked: _Asked) -> Group:
        """At some points."""
        rows = asked.base.rows
        values: dict[Leaf, Any] = {Coordinate(name): column.detach() for name, column in asked.base.items()}
        columns = [self._leaves.part(key, asked.places) if isinstance(key, _Part) else key(values) for key in self._columns]
        like = next(iter(asked.base.values()))
        return Group(
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


@dataclass(frozen=True)
class _Part:
    """Of what makes a trial function of a network: the factor of `inner` in `item`, or what `item` is shifted by."""

    item: Wanted
    inner: Wanted | None
    place: Place


class _Leaves:
    """What residuals take of the network at places: outputs in streams, and by Leibniz what makes them those of a trial function.

    `wanted` is what the streams must hold, `unknowns` how many outputs there are, `vanishing` what of a trial function a tape leaves out.
    """

    def __init__(self, losses: Losses, network: nn.Sequential, asked: _Asked) -> None:
        self._unknowns, self._network = losses.problem.unknowns, network
        self._numbers = {place: number for number, place in enumerate(asked.places)}
        items: Collection[Wanted] = frozenset(
            _wanted(leaf) for tree in asked.trees for leaf in leaves_in(tree) if not isinstance(leaf, Coordinate)
        )
        self._products = None
        if isinstance(network, Trial):
            self._products = Products(ENGINES[losses.experiment.losses_engine].values, self._unknowns, items)
            items = self._products.inside
        self.wanted = frozenset(map(parts, items))
        self.unknowns = len(self._unknowns)
        self.vanishing = self.vanishing_at(asked.places)

    def vanishing_at(self, places: Mapping[Place, Columns]) -> frozenset[_Part]:
        """What is zero at all of these points."""
        found = set()
        for place, columns in places.items():
            for item, (shift, factors) in self._given(columns).items():
                both: dict[Wanted | None, Tensor] = {None: shift, **dict(factors.items())}
                found |= {_Part(item, inner, place) for inner, values in both.items() if not values.any()}
        return frozenset(found)

    def part(self, key: _Part, places: Mapping[Place, Columns]) -> Tensor:
        """(rows, 1)."""
        shift, factors = self._given(places[key.place])[key.item]
        return shift if key.inner is None else factors[key.inner]

    def slot(self, leaf: Leaf, taper: Taper, held: Streams) -> Slot:
        """Where a leaf's value is, or comes to be."""
        place, item = leaf.place if isinstance(leaf, At) else next(iter(self._numbers)), _wanted(leaf)
        if self._products is None:
            return self._output(item, place, held)
        found = None
        for inner in self._products.within(item):
            key = _Part(item, inner, place)
            if key not in self.vanishing:
                product = taper.operation("*", taper.column(key), self._output(inner, place, held))
                found = product if found is None else taper.operation("+", found, product)
        key = _Part(item, None, place)
        if found is not None and key in self.vanishing:
            return found
        return taper.column(key) if found is None else taper.operation("+", found, taper.column(key))

    def _given(self, columns: Columns) -> Mapping[Wanted, tuple[Tensor, dict[Wanted, Tensor]]]:
        """What makes a trial function of the network."""
        if self._products is None:
            return {}
        assert isinstance(self._network, Trial)
        return self._products.given(self._network, columns)

    def _output(self, item: Wanted, place: Place, held: Streams) -> Slot:
        stream = self._numbers[place] * len(held.held) + held.held.index(parts(item))
        return Slot("output", stream * self.unknowns + self._unknowns.index(item.unknown))


def _wanted(leaf: Leaf) -> Wanted:
    """What is asked for of an unknown."""
    if isinstance(leaf, At):
        return leaf.derivative
    assert isinstance(leaf, Derivative | Combination)
    return leaf
