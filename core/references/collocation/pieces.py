"""A problem in one coordinate whose equations jump or bend at known places, as one whose unknowns are smooth.

`heaviside(x − 0.3)`, `abs(x)` or `max(x, 1)` are smooth on either side of a place. Each unknown becomes several, one for each piece between
such places, all on [0, 1]; where pieces meet, all derivatives below the equations' highest are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from core.conditions import BoundCondition
from core.domain import Interval
from core.expressions import NUMPY, At, Binary, Call, Coordinate, Derivative, Expression, Leaf, Number, evaluate, leaves_in
from core.expressions import replace as exchanged
from core.expressions.tree import walk

if TYPE_CHECKING:
    from core.problem import BoundProblem

Array = NDArray[np.float64]

Solve = Callable[["BoundProblem", Array], tuple[Array, float]]
Piece = tuple[float, float]

BENT = {"abs", "sign", "heaviside", "min", "max"}
SAMPLES = 1001
MOST_PLACES = 12
CLOSE = 1e-9
"""Places nearer to each other or to an end, relative to the interval, are one."""


def places(problem: BoundProblem) -> tuple[float, ...]:
    """Where the equations of a problem in one coordinate jump or bend, in order; none where that depends on the unknowns."""
    if len(problem.coordinates) != 1:
        return ()
    (item,) = problem.coordinates
    found = sorted(zero for tree in problem.equations for argument in _bent(tree) for zero in _zeros(argument, item))
    inside: list[float] = []
    for place in found:
        near = (item.low, *inside, item.high)
        if all(abs(place - other) > CLOSE * (item.high - item.low) for other in near):
            inside.append(place)
    return tuple(inside) if len(inside) <= MOST_PLACES else ()


def _bent(tree: Expression) -> Iterator[Expression]:
    """What is zero where a function in the tree jumps or bends, if it depends on the coordinate alone."""
    for node in walk(tree):
        if isinstance(node, Call) and node.function in BENT:
            first, *others = node.arguments
            argument = Binary("-", first, others[0]) if others else first
            if {type(leaf) for leaf in leaves_in(argument)} == {Coordinate}:
                yield argument


def _zeros(argument: Expression, item: Interval) -> Iterator[float]:
    """Where it changes its sign inside the interval."""

    def value(x: Array) -> Array:
        return np.broadcast_to(evaluate(argument, lambda _: x, NUMPY), x.shape)

    samples = np.linspace(item.low, item.high, SAMPLES)
    with np.errstate(all="ignore"):
        signs = np.sign(value(samples))
        yield from (float(samples[index]) for index in np.flatnonzero(signs == 0))
        for index in np.flatnonzero(signs[1:] * signs[:-1] < 0):
            yield float(brentq(lambda x: float(value(np.array([x]))[0]), samples[index], samples[index + 1], xtol=1e-15))


def split(problem: BoundProblem, inside: Sequence[float]) -> BoundProblem:
    """The problem for the pieces between the places, as many unknowns for each: `u` becomes `u.1`, `u.2` …, all on [0, 1]."""
    (item,) = problem.coordinates
    pieces = tuple(pairwise((item.low, *inside, item.high)))
    numbers = range(1, len(pieces) + 1)
    return replace(
        problem,
        coordinates=(Interval(item.name, 0.0, 1.0),),
        unknowns=tuple(f"{unknown}.{number}" for number in numbers for unknown in problem.unknowns),
        equations=tuple(_within(tree, number, piece, item) for number, piece in enumerate(pieces, 1) for tree in problem.equations),
        conditions=(*(_condition(condition, pieces, item) for condition in problem.conditions), *_joints(problem, pieces, item)),
        exact={},
    )


def values(problem: BoundProblem, inside: Sequence[float], axis: Array, solve: Solve) -> tuple[Array, float]:
    """The solution at the axis' points, (m, unknowns), and its error, where `solve` solves a problem with smooth unknowns at given ones."""
    (item,) = problem.coordinates
    ends = np.array([item.low, *inside, item.high])
    number = np.clip(np.searchsorted(ends, axis) - 1, 0, len(ends) - 2)  # of the piece a point lies in
    local = (axis - ends[number]) / (ends[number + 1] - ends[number])
    points, where = np.unique(np.clip(local, 0, 1), return_inverse=True)
    found, error = solve(split(problem, inside), points)  # (points, pieces × unknowns)
    found = found.reshape(len(points), len(ends) - 1, len(problem.unknowns))
    return found[where, number], error


def _within(tree: Expression, number: int, piece: Piece, item: Interval) -> Expression:
    """The tree on a piece, in that piece's own coordinate and unknowns."""
    low, high = piece
    own: Expression = Binary("+", Number(low), Binary("*", Number(high - low), Coordinate(item.name)))
    fields: dict[Leaf, Expression] = {leaf: _field(leaf, number, piece) for leaf in leaves_in(tree) if isinstance(leaf, Derivative)}
    return exchanged(tree, {Coordinate(item.name): own, **fields})


def _field(leaf: Derivative, number: int, piece: Piece) -> Expression:
    own = Derivative(f"{leaf.unknown}.{number}", leaf.by)
    return Binary("/", own, Number((piece[1] - piece[0]) ** len(leaf.by))) if leaf.by else own


def _condition(condition: BoundCondition, pieces: Sequence[Piece], item: Interval) -> BoundCondition:
    ((at,),) = condition.edges
    leaves: dict[Leaf, Expression] = {leaf: _evaluation(leaf, pieces) for leaf in leaves_in(condition.residual) if isinstance(leaf, At)}
    tree = exchanged(condition.residual, {Coordinate(item.name): Number(at or 0.0), **leaves})
    return BoundCondition(tree, ((0.0,),))


def _evaluation(leaf: At, pieces: Sequence[Piece]) -> Expression:
    (place,) = leaf.place
    number = next((number for number, (_, high) in enumerate(pieces, 1) if (place or 0.0) <= high), len(pieces))
    low, high = pieces[number - 1]
    return _at(leaf.derivative, number, pieces, ((place or 0.0) - low) / (high - low))


def _at(derivative: Derivative, number: int, pieces: Sequence[Piece], where: float) -> Expression:
    low, high = pieces[number - 1]
    own = At(Derivative(f"{derivative.unknown}.{number}", derivative.by), (Number(where),))
    return Binary("/", own, Number((high - low) ** len(derivative.by)))


def _joints(problem: BoundProblem, pieces: Sequence[Piece], item: Interval) -> Iterator[BoundCondition]:
    """Where two pieces meet, each unknown is the same, and each of its derivatives below the highest."""
    leaves = {leaf for tree in problem.equations for leaf in leaves_in(tree) if isinstance(leaf, Derivative)}
    for number in range(1, len(pieces)):
        for unknown in problem.unknowns:
            for order in range(max(len(leaf.by) for leaf in leaves if leaf.unknown == unknown)):
                derivative = Derivative(unknown, order * item.name)
                sides = _at(derivative, number, pieces, 1.0), _at(derivative, number + 1, pieces, 0.0)
                yield BoundCondition(Binary("-", *sides), ((0.0,),))
