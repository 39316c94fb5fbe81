"""Where a tree of coordinates is rough: it jumps, has a kink or an infinite slope, or a later derivative does.

Suspects are found in the tree: functions that switch, and those that have no slope at a zero. The derivatives beside such a place tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Interval
from core.domain.zeros import Functions, crossing, lowest
from core.errors import TangenteError
from core.expressions import NUMPY, Binary, Call, Coordinate, Expression, Leaf, Number, differentiate, evaluate, leaves_in
from core.expressions.algebra import ONE, call, multiply, subtract
from core.expressions.tree import walk

Array = NDArray[np.float64]

ALONG, LINES = 1001, 17
"""Points on a line, and parallel lines for each further coordinate."""
VANISHES = 1e-9
"""A value that touches zero without crossing it comes as near as this, relative to its largest."""
BESIDE = (1e-5, 1e-6)
"""How far from a place its derivatives are taken, in parts of the range."""
FAINT = 1e-3
"""A jump of a smaller part of the largest value moves a solution by less than 1e-6, and is none."""
GROWS = 1.2
"""The factor by which an infinite value grows at least, at a tenth of the distance: |x|^-0.1 does so by 1.26."""

SUSPECTS: Mapping[str, Callable[..., Expression]] = {
    **dict.fromkeys(("abs", "sign", "heaviside", "sqrt", "log"), lambda a: a),
    **dict.fromkeys(("min", "max"), subtract),
    **dict.fromkeys(("asin", "acos"), lambda a: subtract(ONE, multiply(a, a))),
    "tan": lambda a: call("cos", a),
    "atan2": lambda y, x: y,
}
"""Functions that may be rough, each with what is zero where it is, made of its arguments."""


@dataclass(frozen=True)
class Kink:
    """A place on a coordinate where the derivative of this order, 0 for the value itself, jumps or is infinite."""

    order: int
    place: float
    coordinate: str
    infinite: bool


def kink(tree: Expression, along: Interval, coordinates: Sequence[Interval], orders: int) -> Kink | None:
    """Where a tree is rough along a coordinate, in the lowest of its derivatives up to that order which is; None where none is."""
    suspects = list(_suspects(tree)) if Coordinate(along.name) in leaves_in(tree) else []
    if not suspects:
        return None
    lines = _Lines(tree, along, coordinates)
    places = np.concatenate([lines.zeros(suspect) for suspect in suspects])
    for order, derivative in enumerate(derivatives(tree, along, coordinates, orders)):
        found = lines.roughest(derivative, places)
        if found is not None:
            return Kink(order, found[0], along.name, found[1])
    return None


def derivatives(tree: Expression, along: Interval, coordinates: Sequence[Interval], orders: int) -> list[Expression]:
    """A tree and its derivatives along a coordinate, up to that order, or as far as they can be written."""
    letters = tuple(item.name for item in coordinates)
    found = [tree]
    with suppress(TangenteError):
        for _ in range(orders):
            found.append(differentiate(found[-1], along.name, letters))
    return found


def _suspects(tree: Expression) -> Iterator[Expression]:
    """What is zero where a part of a tree may be rough."""
    for node in walk(tree):
        match node:
            case Call(function, arguments) if function in SUSPECTS:
                yield SUSPECTS[function](*arguments)
            case Binary("^", base, exponent) if not _whole(exponent):
                yield base
            case Binary("/", _, divisor):
                yield divisor


def _whole(tree: Expression) -> bool:
    return isinstance(tree, Number) and tree.value >= 0 and tree.value == int(tree.value)


class _Lines:
    """Parallel lines through a face along one of its coordinates. A place on them is the number of its line and where on it, (2,)."""

    def __init__(self, tree: Expression, item: Interval, coordinates: Sequence[Interval]) -> None:
        across = [other for other in coordinates if other is not item and Coordinate(other.name) in leaves_in(tree)]
        axes = np.meshgrid(*(np.linspace(other.low, other.high, LINES) for other in across), indexing="ij")
        self._item = item
        self._across = {other.name: axis.ravel() for other, axis in zip(across, axes, strict=True)}
        numbers, along = np.meshgrid(np.arange(LINES ** len(across)), np.linspace(item.low, item.high, ALONG), indexing="ij")
        self._all = np.stack([numbers.ravel(), along.ravel()], axis=1)  # (lines * ALONG, 2)

    def zeros(self, tree: Expression) -> Array:
        """Where a tree crosses or touches zero, (n, 2)."""
        values = self._values(tree, self._all)
        inside = np.diff(self._all[:, 0]) == 0
        crosses = inside & (values[:-1] * values[1:] < 0)
        sizes = np.abs(values)
        dips = (inside[:-1] & inside[1:]) & (sizes[1:-1] <= sizes[:-2]) & (sizes[1:-1] <= sizes[2:]) & (sizes[1:-1] > 0)
        touched = _on_lines(lowest, lambda places: np.abs(self._values(tree, places)), self._all[:-2][dips], self._all[2:][dips])
        near = np.abs(self._values(tree, touched)) <= VANISHES * np.max(sizes, where=np.isfinite(sizes), initial=0.0)
        crossed = _on_lines(crossing, partial(self._values, tree), self._all[:-1][crosses], self._all[1:][crosses])
        return np.concatenate([self._all[values == 0], crossed, touched[near]])

    def roughest(self, tree: Expression, places: Array) -> tuple[float, bool] | None:
        """The place of the largest jump, and whether it is infinite there, beside what is large; None where there is none."""
        known = np.abs(self._values(tree, self._all))
        largest = float(np.max(known, where=np.isfinite(known), initial=0.0))
        (far_below, far_above), (below, above) = (self._beside(tree, places, distance) for distance in BESIDE)
        far, near = np.abs(far_above - far_below), np.abs(above - below)
        jumps = np.where((near > 0.5 * far) & (near > FAINT * largest), near, 0.0)
        grown = [np.abs(here) > np.maximum(GROWS * np.abs(there), largest) for here, there in ((below, far_below), (above, far_above))]
        infinite = grown[0] | grown[1]
        if not (infinite | (jumps > 0)).any():
            return None
        worst = int(np.argmax(np.where(infinite, np.inf, jumps)))
        return float(places[worst, 1]), bool(infinite[worst])

    def _values(self, tree: Expression, places: Array) -> Array:
        columns: dict[Leaf, Array] = {Coordinate(name): values[places[:, 0].astype(int)] for name, values in self._across.items()}
        columns[Coordinate(self._item.name)] = places[:, 1]
        with np.errstate(all="ignore"):
            return np.array(np.broadcast_to(evaluate(tree, columns.__getitem__, NUMPY), len(places)), dtype=np.float64)

    def _beside(self, tree: Expression, places: Array, distance: float) -> list[Array]:
        """The values to both sides of places, (n,) each; not a number beyond the ends."""
        found = []
        for side in (-1, 1):
            moved = places + np.array([0.0, side * distance * (self._item.high - self._item.low)])
            there = (moved[:, 1] >= self._item.low) & (moved[:, 1] <= self._item.high)
            found.append(np.where(there, self._values(tree, moved), np.nan))
        return found


def _on_lines(find: Callable[[Functions, Array, Array], Array], value: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """The places (n, 2) that `find` gives for the values of places, each on a stretch of one line."""
    numbers = low[:, 0]
    found = find(lambda along: value(np.stack([numbers, along], axis=1)), low[:, 1], high[:, 1])
    return np.stack([numbers, found], axis=1)
