"""A problem whose equations jump or bend at known places, as one whose unknowns are smooth.

`heaviside(x − 0.3)`, `abs(x)` or `max(x, 1)` are smooth on either side of a place. The domain falls into cells between such places, and
each unknown becomes several, one a cell: `u.1`, `u.2` …, all on [0, 1] along the coordinates that are cut. Where cells meet, an `Interface`
says what is continuous; elsewhere all derivatives below the equations' highest are. Every second cell is turned round, like a sheet that is
folded at the places: what meets then lies at the same end, and a method that knows conditions at single ends knows these, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from core.domain import bends
from core.domain.domain import Interval, Place
from core.domain.interfaces import Interface
from core.domain.stretches import Feature
from core.errors import InputError
from core.expressions import At, Coordinate, Derivative, Expression, Leaf, Number, derivatives_in, leaves_in
from core.expressions import replace as exchanged
from core.expressions.algebra import add, divide, multiply, subtract
from core.problem import conditions
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition

Array = NDArray[np.float64]
Cuts = Mapping[str, tuple[float, ...]]
"""Places along coordinates, in order."""

Narrow = tuple[Interval, Feature]
"""What is narrow along a coordinate."""

MOST_CELLS = 12
SAME = 1e-12
"""A place and the end of a piece that differ by no more, relative to the piece, are one."""
JOINED = "."
"""The mark between the name of an unknown and the numbers of its cell."""


@dataclass(frozen=True)
class Piece:
    """A part of a coordinate's range, seen as [0, 1]: from its low end up, or, where it is `turned`, from its high end down."""

    item: Interval
    turned: bool

    @property
    def length(self) -> float:
        """dx/ds, for s on [0, 1]."""
        span = self.item.high - self.item.low
        return -span if self.turned else span

    @property
    def here(self) -> Expression:
        """The coordinate itself, as a tree in that on [0, 1], which has the same letter."""
        return add(Number(self.item.high if self.turned else self.item.low), multiply(Number(self.length), Coordinate(self.item.name)))

    def local(self, x: Array) -> Array:
        """Where places of the piece lie in [0, 1]."""
        start = self.item.high if self.turned else self.item.low
        values = np.clip((x - start) / self.length, 0.0, 1.0)
        values[np.abs(values) < SAME] = 0.0
        values[np.abs(values - 1) < SAME] = 1.0
        return values


Cell = tuple[int, ...]
"""The number of the piece along each coordinate that is cut."""


def cuts(trees: tuple[Expression, ...], coordinates: Sequence[Interval], interfaces: Sequence[Interface] = ()) -> Cuts:
    """Where trees jump or bend along coordinates, and interfaces are; without the coordinates along which there is none."""
    found = {}
    for item in coordinates:
        across = [interface.place for interface in interfaces if interface.coordinate == item.name]
        if places := bends.distinct(sorted([*bends.places(trees, item), *across]), item):
            found[item.name] = places
    return found


class Folded:
    """A problem cut into cells; `problem` states it for all cells at once.

    Raises `InputError` where there are too many cells.
    """

    def __init__(self, problem: BoundProblem, cuts: Cuts) -> None:
        self.whole = problem
        self.pieces: Mapping[str, tuple[Piece, ...]] = {
            item.name: _pieces(item, cuts[item.name], _binds_ends(problem, item)) for item in problem.coordinates if item.name in cuts
        }
        self._letters = tuple(self.pieces)
        self._axes = {item.name: axis for axis, item in enumerate(problem.coordinates)}
        self.cells: tuple[Cell, ...] = tuple(product(*(range(len(pieces)) for pieces in self.pieces.values())))
        if len(self.cells) > MOST_CELLS:
            raise InputError("reference-too-many-pieces", limit=MOST_CELLS)

    @cached_property
    def problem(self) -> BoundProblem:
        """The problem of the cells, as many unknowns for each."""
        whole = self.whole
        return replace(
            whole,
            coordinates=tuple(Interval(item.name, 0.0, 1.0) if item.name in self.pieces else item for item in whole.coordinates),
            unknowns=tuple(_named(unknown, cell) for cell in self.cells for unknown in whole.unknowns),
            equations=tuple(self._within(tree, cell) for cell in self.cells for tree in whole.equations),
            conditions=(*self._conditions(), *self._joints()),
            exact={},
            interfaces=(),
        )

    def origin(self, name: str) -> str | None:
        """The key of the equation or condition of the whole that one of the cells' comes from; None where cells meet."""
        kind, number = name.rstrip("]").split("[")
        if kind == "equations":
            return f"equations[{(int(number) - 1) % len(self.whole.equations) + 1}]"
        return f"conditions[{self._origins[int(number) - 1]}]" if int(number) <= len(self._origins) else None

    @cached_property
    def _origins(self) -> tuple[int, ...]:
        """The numbers, from 1, of the whole's conditions that the cells' come from."""
        return tuple(
            number
            for number, condition in enumerate(self.whole.conditions, 1)
            if self._wrap(condition) is None
            for edge in condition.edges
            for _cell in self._along(edge)
        )

    def points(self, axes: Sequence[Array]) -> tuple[Array, ...]:
        """The places in [0, 1] that a grid's points take in any cell, for each coordinate; the grid's own where it is not cut."""
        return tuple(
            np.unique(np.concatenate([self._local(item.name, axis)[1], [0.0, 1.0]])) if item.name in self.pieces else axis
            for item, axis in zip(self.whole.coordinates, axes, strict=True)
        )

    def gathered(self, values: Array, axes: Sequence[Array]) -> Array:
        """The unknowns on a grid, (*shape, unknowns), from those of the cells on the grid of `points`."""
        indices, cell = [], np.zeros((1,) * len(axes), dtype=int)
        for axis, (item, points, where) in enumerate(zip(self.whole.coordinates, axes, self.points(axes), strict=True)):
            shape = [-1 if other == axis else 1 for other in range(len(axes))]
            index = np.arange(len(points))
            if item.name in self.pieces:
                number, local = self._local(item.name, points)
                index = np.searchsorted(where, local)
                cell = cell * len(self.pieces[item.name]) + number.reshape(shape)
            indices.append(index.reshape(shape))
        unknowns = len(self.whole.unknowns)
        return np.stack([values[(*indices, cell * unknowns + unknown)] for unknown in range(unknowns)], axis=-1)

    def within(self, item: Interval, feature: Feature) -> Iterator[Narrow]:
        """What is narrow along a coordinate, in those of the pieces that hold it."""
        for piece in self.pieces.get(item.name, ()):
            if feature.moves or piece.item.low <= feature.place <= piece.item.high:
                place = float(piece.local(np.clip([feature.place], piece.item.low, piece.item.high))[0])
                yield Interval(item.name, 0.0, 1.0), replace(feature, place=place, width=feature.width / abs(piece.length))
        if item.name not in self.pieces:
            yield item, feature

    def _local(self, letter: str, points: Array) -> tuple[NDArray[np.int64], Array]:
        """The number of the piece that each point lies in, and its place there; a place between two belongs to the lower one."""
        pieces = self.pieces[letter]
        number = np.clip(np.searchsorted([piece.item.high for piece in pieces], points), 0, len(pieces) - 1)
        local = np.empty(len(points))
        for index, piece in enumerate(pieces):
            local[number == index] = piece.local(points[number == index])
        return number, local

    def _piece(self, cell: Cell, letter: str) -> Piece:
        return self.pieces[letter][cell[self._letters.index(letter)]]

    def _middle(self, cell: Cell) -> dict[str, float]:
        pieces = [self._piece(cell, letter) for letter in self._letters]
        return {piece.item.name: (piece.item.low + piece.item.high) / 2 for piece in pieces}

    def _within(self, tree: Expression, cell: Cell) -> Expression:
        """A tree in a cell, in its own coordinates and unknowns."""
        leaves: dict[Leaf, Expression] = {Coordinate(letter): self._piece(cell, letter).here for letter in self._letters}
        leaves |= {leaf: self._scaled(leaf, cell) for leaf in leaves_in(tree) if isinstance(leaf, Derivative)}
        return exchanged(bends.branched(tree, self._middle(cell)), leaves)

    def _scaled(self, leaf: Derivative, cell: Cell, place: tuple[Expression, ...] | None = None) -> Expression:
        """A derivative in the cell's own coordinates, at a place there where one is given."""
        own = Derivative(_named(leaf.unknown, cell), leaf.by)
        factor = 1.0
        for letter in leaf.by:
            factor *= self._piece(cell, letter).length if letter in self.pieces else 1.0
        return divide(own if place is None else At(own, place), Number(factor))

    def _conditions(self) -> Iterator[BoundCondition]:
        """The problem's conditions, one for each row of cells along their edges."""
        for condition in self.whole.conditions:
            if self._wrap(condition) is not None:
                continue
            for edge in condition.edges:
                for cell in self._along(edge):
                    yield self._condition(condition.residual, edge, cell)

    def _along(self, edge: Place) -> Iterator[Cell]:
        """The cells along an edge, with the lowest piece across it."""
        ranges = [range(len(self.pieces[letter]) if edge[self._axes[letter]] is None else 1) for letter in self._letters]
        return product(*ranges)

    def _condition(self, residual: Expression, edge: Place, cell: Cell) -> BoundCondition:
        leaves: dict[Leaf, Expression] = {}
        own: list[float | None] = []
        for axis, item in enumerate(self.whole.coordinates):
            value = edge[axis]
            if item.name not in self.pieces:
                own.append(value)
            elif value is None:
                own.append(None)
                leaves[Coordinate(item.name)] = self._piece(cell, item.name).here
            else:
                local = self._local(item.name, np.array([value]))[1]
                own.append(float(local[0]))
                leaves[Coordinate(item.name)] = Number(value)
        for leaf in leaves_in(residual):
            if isinstance(leaf, At):
                leaves[leaf] = self._evaluated(leaf, edge, cell)
        free = {letter: at for letter, at in self._middle(cell).items() if edge[self._axes[letter]] is None}
        return BoundCondition(exchanged(bends.branched(residual, free), leaves), (tuple(own),))

    def _evaluated(self, leaf: At, edge: Place, cell: Cell) -> Expression:
        """An evaluation in the cell where its place lies."""
        numbers: list[int] = list(cell)
        arguments: list[Expression] = []
        for axis, item in enumerate(self.whole.coordinates):
            value = edge[axis] if leaf.place[axis] is None else leaf.place[axis]
            if value is None:
                arguments.append(Coordinate(item.name))
            elif item.name not in self.pieces:
                arguments.append(Number(value))
            else:
                number, local = self._local(item.name, np.array([value]))
                numbers[self._letters.index(item.name)] = int(number[0])
                arguments.append(Number(float(local[0])))
        return self._scaled(leaf.derivative, tuple(numbers), tuple(arguments))

    def _joints(self) -> Iterator[BoundCondition]:
        """What is continuous where two cells meet, and, along a coordinate with a period, from the last to the first."""
        for letter, pieces in self.pieces.items():
            wraps = _wraps(self.whole, self.whole.coordinates[self._axes[letter]])
            for number, following in [*pairwise(range(len(pieces))), *([(len(pieces) - 1, 0)] if wraps else [])]:
                for tree in self._continuous(letter, pieces[number].item.high):
                    for cell in self.cells:
                        if cell[self._letters.index(letter)] == number:
                            yield self._joint(tree, letter, cell, following)

    def _continuous(self, letter: str, place: float) -> tuple[Expression, ...]:
        item = next(item for item in self.whole.coordinates if item.name == letter)
        for interface in self.whole.interfaces:
            if interface.coordinate == letter and abs(interface.place - place) <= bends.CLOSE * (item.high - item.low):
                return interface.continuous
        return smooth(self.whole, letter)

    def _joint(self, tree: Expression, letter: str, cell: Cell, following: int) -> BoundCondition:
        own = self._letters.index(letter)
        other = tuple(following if axis == own else number for axis, number in enumerate(cell))
        sides = [self._side(tree, letter, at, end) for at, end in ((cell, 1), (other, 0))]
        edge: list[float | None] = [None] * len(self.whole.coordinates)
        edge[self._axes[letter]] = self._end(self._piece(cell, letter), 1)
        return BoundCondition(subtract(*sides), (tuple(edge),))

    def _side(self, tree: Expression, letter: str, cell: Cell, upper: int) -> Expression:
        """A tree at the upper or lower end of a cell along a coordinate."""
        piece = self._piece(cell, letter)
        arguments: tuple[Expression, ...] = tuple(
            Number(self._end(piece, upper)) if item.name == letter else Coordinate(item.name) for item in self.whole.coordinates
        )
        leaves: dict[Leaf, Expression] = {Coordinate(other): self._piece(cell, other).here for other in self._letters}
        leaves[Coordinate(letter)] = Number(piece.item.high if upper else piece.item.low)
        leaves |= {leaf: self._scaled(leaf, cell, arguments) for leaf in derivatives_in(tree)}
        return exchanged(bends.branched(tree, self._middle(cell)), leaves)

    @staticmethod
    def _end(piece: Piece, upper: int) -> float:
        return float(upper != piece.turned)

    def _wrap(self, condition: BoundCondition) -> str | None:
        """The coordinate that is cut whose ends the condition makes one."""
        ends = [item for item in self.whole.coordinates if item.name in self.pieces and _wraps(self.whole, item)]
        return next((item.name for item in ends if condition.closes(item, self.whole.coordinates)), None)


def smooth(problem: BoundProblem, letter: str) -> tuple[Derivative, ...]:
    """The unknowns and their derivatives along a coordinate below the equations' highest: what is continuous where nothing jumps."""
    held = {leaf for tree in problem.equations for leaf in derivatives_in(tree)}
    orders = {unknown: max((leaf.by.count(letter) for leaf in held if leaf.unknown == unknown), default=0) for unknown in problem.unknowns}
    return tuple(Derivative(unknown, order * letter) for unknown, highest in orders.items() for order in range(highest))


def whole(unknown: str) -> str:
    """The unknown that a cell's belongs to."""
    return unknown.partition(JOINED)[0]


def shared(unknowns: Sequence[str], sizes: Array) -> Array:
    """The largest size in any cell, for every cell of an unknown."""
    names = [whole(unknown) for unknown in unknowns]
    return np.array([max(size for other, size in zip(names, sizes, strict=True) if other == name) for name in names])


def _named(unknown: str, cell: Cell) -> str:
    return JOINED.join([unknown, *(str(number + 1) for number in cell)])


def _pieces(item: Interval, places: Sequence[float], wraps: bool) -> tuple[Piece, ...]:
    """The pieces between the places; an even number of them where the ends are one, so that both lie at the same end of [0, 1]."""
    ends = [item.low, *places, item.high]
    if wraps and len(ends) % 2 == 0:
        widest = int(np.argmax(np.diff(ends)))
        ends.insert(widest + 1, (ends[widest] + ends[widest + 1]) / 2)
    return tuple(Piece(Interval(item.name, low, high), bool(number % 2)) for number, (low, high) in enumerate(pairwise(ends)))


def _binds_ends(problem: BoundProblem, item: Interval) -> bool:
    """Whether a condition holds evaluations at both ends of a coordinate."""
    axis = [other.name for other in problem.coordinates].index(item.name)
    held = [{leaf.place[axis] for leaf in leaves_in(condition.residual) if isinstance(leaf, At)} for condition in problem.conditions]
    return any(places >= {item.low, item.high} for places in held)


def _wraps(problem: BoundProblem, item: Interval) -> bool:
    return conditions.rings(problem.conditions, item, problem.coordinates)
