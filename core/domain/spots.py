"""Points at which formulas show what they are: beside and between the places where they jump or bend, and around narrow pulses.

Random points find what is false on a large part of a box; a pulse between two of them they do not. Along each coordinate, the arguments of
functions tell where something changes, as they tell an integrator (`core/domain/stretches.py`); here it has to be fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.domain import bends, stretches
from core.domain.domain import Interval, Place
from core.domain.zeros import crossing, lowest
from core.expressions import NUMPY, Coordinate, Expression, Leaf, evaluate, leaves_in

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

BASES = 4
"""Points from which lines go along a coordinate."""
SAMPLES = 200
"""Points on a line: between two of them, what changes by less than a width is seen by random points, too."""
WIDTHS = np.array([-2.0, -1.0, -0.5, -0.1, 0.1, 0.5, 1.0, 2.0])
"""Distances from a pulse, in its widths."""
DISTANCES = np.geomspace(1e-13, 1.0, 14 * 8 + 1)
"""Widths that a pulse may have, relative to the line."""
MOST = 100
"""Places of one function on one line."""


def spots(trees: Sequence[Expression], coordinates: Sequence[Interval], edge: Place, random: np.random.Generator) -> Array:
    """Points of an edge, (n, d), or of the whole box where no coordinate is fixed: none where nothing changes fast.

    What is found along one coordinate is where lines along the next begin, so that a pulse in several is found, too.
    """
    letters: set[Leaf] = {Coordinate(item.name) for item in coordinates}
    parts: list[tuple[Expression, float | None]] = [(inner, None) for tree in trees for inner in bends.arguments(tree)]
    parts += [(inner, kind.share) for tree in trees for inner, kind in stretches.parts(tree)]
    known = [(inner, share, leaves_in(inner)) for inner, share in dict.fromkeys(parts)]
    ends = [(item.low, item.high) if value is None else (value, value) for item, value in zip(coordinates, edge, strict=True)]
    low, high = np.transpose(ends)
    bases = random.uniform(low, high, (BASES if edge.count(None) > 1 else 1, len(edge)))
    found = np.empty((0, len(edge)))
    for axis, item in enumerate(coordinates):
        if edge[axis] is None:
            own = [(inner, share) for inner, share, leaves in known if Coordinate(item.name) in leaves and leaves <= letters]
            begun = [*bases, *random.permutation(found)[:BASES]] if own else []
            found = np.concatenate([found, *(_line(own, coordinates, base, axis) for base in begun)])
    return found


def _line(parts: Sequence[tuple[Expression, float | None]], coordinates: Sequence[Interval], base: Array, axis: int) -> Array:
    """Points on the line through a point along a coordinate, (m, d)."""
    item = coordinates[axis]
    columns: dict[Leaf, Array] = {Coordinate(other.name): value for other, value in zip(coordinates, base, strict=True)}

    def function(tree: Expression) -> Function:
        def values(x: Array) -> Array:
            found = evaluate(tree, (columns | {Coordinate(item.name): x}).__getitem__, NUMPY)
            return np.array(np.broadcast_to(found, x.shape), dtype=np.float64)

        return values

    with np.errstate(all="ignore"):
        places = np.array([place for tree, share in parts for place in _places(function(tree), item, share)])
    places = np.unique(places[(item.low < places) & (places < item.high)])
    points = np.repeat(base[None], len(places), axis=0)
    points[:, axis] = places
    return points


def _places(function: Function, item: Interval, share: float | None) -> Iterator[float]:
    """The places around which the function changes fast, and those on either side of where it jumps or bends."""
    x = np.linspace(item.low, item.high, SAMPLES)
    values = function(x)
    found = np.sort(np.concatenate([_zeros(function, x, values), _extremes(function, x, values)]))[:MOST] if _fast(values, share) else x[:0]
    if share is None:
        beside = bends.NEAR * (item.high - item.low)
        yield from (found[:, None] + np.array([-beside, beside])).ravel()
        yield from ((low + high) / 2 for low, high in pairwise(found) if high > low)
    elif len(found):
        found = np.concatenate([found, [item.low, item.high]])
        distances = (item.high - item.low) * DISTANCES
        changes = np.abs(
            function(np.clip(found[:, None, None] + distances * np.array([[-1], [1]]), item.low, item.high))
            - function(found)[:, None, None]
        )
        beyond = changes.max(axis=1) >= _limit(function(found), share)[:, None]
        widths = np.where(beyond.any(axis=1), distances[beyond.argmax(axis=1)], np.nan)
        yield from (found[:, None] + widths[:, None] * WIDTHS).ravel()


def _limit(values: Array, share: float | None) -> Array:
    """The change of an argument over a width."""
    return np.maximum(share * np.abs(values), np.finfo(float).tiny) if share else np.ones_like(values)


def _fast(values: Array, share: float | None) -> bool:
    """Whether a function may change within less than the distance of two samples."""
    known = values[np.isfinite(values)]
    return share is None or bool((np.abs(np.diff(known)) > _limit(np.minimum(np.abs(known[1:]), np.abs(known[:-1])), share) / 2).any())


def _zeros(function: Function, x: Array, values: Array) -> Array:
    """The places where the function changes its sign."""
    crosses = values[:-1] * values[1:] < 0
    return np.concatenate([x[values == 0], crossing(function, x[:-1][crosses], x[1:][crosses])])


def _extremes(function: Function, x: Array, values: Array) -> Array:
    """The places where the function is largest or smallest."""
    turns = (np.diff(values)[:-1] * np.diff(values)[1:] < 0) & np.isfinite(values[1:-1])
    rises = np.sign(np.diff(values)[:-1][turns])
    return lowest(lambda places: -rises * function(places), x[:-2][turns], x[2:][turns])
