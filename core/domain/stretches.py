"""Stretches of one coordinate, between places where equations or data jump or bend, each with the longest step that sees all they hold.

An integrator with adaptive steps sees what happens at its own points only: from rest it steps over a pulse. So what is narrow is looked for
in the trees. A step, `abs`, `min` or `max` has its place where its argument is zero. A function such as exp(−((t − a)/w)²) changes over
the distance on which its argument changes by one, where that is zero or extreme; a quotient, over that on which its denominator doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from core.domain import bends
from core.domain.domain import Interval
from core.errors import InputError
from core.expressions import NUMPY, Binary, Call, Coordinate, Expression, Leaf, Number, differentiate, evaluate, leaves_in, replace
from core.expressions.tree import walk

Array = NDArray[np.float64]

NARROW = 0.1
"""The part of the interval above which every solver sees what is there."""
REACH = 8
"""Widths to either side of a place within which a function changes."""
PARTS = 2
"""Steps over one width, at least."""
WIDER = 4
"""A function that fades away slowly is followed for stretches each so many times as long as the one before."""
BESIDE = 5
"""Values of each other coordinate at which a function of several is looked at."""
MOST = 300
"""Stretches; where there would be more, one step serves all."""
TINY = 1e-13
"""The narrowest that is looked for, relative to the interval."""

DIGITS = 40.0
"""An exponent so much below another makes nothing of the sum."""
FLAT = 20.0
"""An argument beyond which a step that is rounded off has come to its end."""


@dataclass(frozen=True)
class Kind:
    """How a function changes with its argument.

    `share`: by which part of itself its argument changes over a width; 0 where that is by one. `slow`: it changes many widths away, too.
    `counts` tells from an argument, and the arguments anywhere, whether the function is still something there.
    """

    share: float
    slow: bool
    counts: Callable[[float, Array], bool]


PULSE = Kind(0.0, False, lambda value, anywhere: value >= anywhere.max() - DIGITS)
GROWTH = Kind(0.0, False, lambda value, anywhere: abs(value) >= np.abs(anywhere).max() - DIGITS)
STEP = Kind(0.0, False, lambda value, _: abs(value) <= FLAT)
SLOW_STEP = Kind(0.0, True, lambda value, _: abs(value) <= FLAT)
BELOW = Kind(1.0, True, lambda value, anywhere: abs(value) <= np.exp(DIGITS) * np.abs(anywhere).min())
ROOT = Kind(1.0, True, lambda value, _: True)
KINDS = {
    "exp": PULSE,
    **dict.fromkeys(("cosh", "sinh"), GROWTH),
    **dict.fromkeys(("tanh", "erf", "erfc", "sech"), STEP),
    **dict.fromkeys(("atan", "atan2", "sinc"), SLOW_STEP),
    **dict.fromkeys(("log", "sqrt"), ROOT),
}


@dataclass(frozen=True)
class Stretch:
    """A part of a coordinate's range, and the longest step on it."""

    low: float
    high: float
    longest: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def ends(self, steps: float) -> Array:
        """The ends of parts of so many longest steps each, in order: at most `MOST` of them."""
        count = min(int(np.ceil((self.high - self.low) / (steps * self.longest))), MOST)
        return np.linspace(self.low, self.high, max(count, 1) + 1)


@dataclass(frozen=True)
class Feature:
    """A place around which a function changes over a distance `width`; `slow` where it goes on changing further away.

    `moves` says that the place depends on other coordinates, so that it may be anywhere.
    """

    place: float
    width: float
    slow: bool
    moves: bool = False

    def ends(self, item: Interval) -> Iterator[float]:
        """Where stretches around the place end."""
        if self.moves:
            return
        reach = REACH * self.width
        while reach < item.high - item.low:
            yield from (self.place - reach, self.place + reach)
            if not self.slow:
                return
            reach *= WIDER

    def longest(self, low: float, high: float) -> float:
        """The longest step between two places that sees the function."""
        if self.moves:
            return self.width / PARTS
        away = max(low - self.place, self.place - high, 0.0)
        if away < REACH * self.width * (1 - bends.CLOSE):
            return self.width / PARTS
        return away / (REACH * PARTS) if self.slow else np.inf


def stretches(trees: Sequence[Expression], item: Interval, others: Sequence[Interval] = ()) -> tuple[Stretch, ...]:
    """The interval of one coordinate in stretches, in order; trees may depend on the `others`, too."""
    found = list(features(trees, item, others))
    span = item.high - item.low
    inner = [*bends.places(tuple(trees), item), *(end for feature in found for end in feature.ends(item))]
    ends = [item.low, *bends.distinct(sorted(end for end in inner if item.low < end < item.high), item), item.high]
    if len(ends) > MOST:
        narrowest = min((feature.width for feature in found), default=span)
        places = [item.low, *bends.places(tuple(trees), item), item.high]
        return tuple(Stretch(low, high, narrowest / PARTS) for low, high in pairwise(places))
    return tuple(Stretch(low, high, min((feature.longest(low, high) for feature in found), default=np.inf)) for low, high in pairwise(ends))


def features(trees: Sequence[Expression], item: Interval, others: Sequence[Interval] = ()) -> Iterator[Feature]:
    """What changes over less than a tenth of the interval."""
    span = item.high - item.low
    letters = {item.name, *(other.name for other in others)}
    for inner, kind in dict.fromkeys(part for tree in trees for part in parts(tree)):
        leaves = leaves_in(inner)
        if Coordinate(item.name) not in leaves or not all(isinstance(leaf, Coordinate) and leaf.name in letters for leaf in leaves):
            continue
        beside = [[feature for feature in _features(tree, item, kind) if feature.width < NARROW * span] for tree in _beside(inner, others)]
        found = [feature for alike in beside for feature in alike]
        if any(abs(feature.place - other.place) > other.width for feature in found for other in beside[0] or found[:1]) and len(beside) > 1:
            yield Feature(item.low, min(feature.width for feature in found), kind.slow, moves=True)
        else:
            yield from found


def _features(tree: Expression, item: Interval, kind: Kind) -> Iterator[Feature]:
    """Where a function of a tree in one coordinate may change, and how fast."""
    anywhere = _values(tree, np.linspace(item.low, item.high, bends.SAMPLES))
    anywhere = anywhere[np.isfinite(anywhere)]
    for place in _places(tree, item):
        value = float(_values(tree, np.array([place]))[0])
        if np.isfinite(value) and kind.counts(value, np.append(anywhere, value)):
            yield Feature(place, _width(tree, item, place, kind), kind.slow)


def _values(tree: Expression, points: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.array(np.broadcast_to(evaluate(tree, lambda _: points, NUMPY), points.shape), dtype=np.float64)


def parts(tree: Expression) -> Iterator[tuple[Expression, Kind]]:
    """What narrow functions in a tree depend on, and how."""
    for node in walk(tree):
        match node:
            case Call(function, arguments) if function in KINDS:
                yield from ((argument, KINDS[function]) for argument in arguments)
            case Binary("/", _, below):
                yield below, BELOW
            case Binary("^", base, Number(value)) if value < 0:
                yield base, BELOW
            case Binary("^", base, Number(value)) if value != int(value):
                yield base, ROOT
            case Binary("^", base, Number(value)) if value > REACH:
                yield base, Kind(1 / value, False, ROOT.counts)


def _beside(tree: Expression, others: Sequence[Interval]) -> Iterator[Expression]:
    """The tree at values of the other coordinates."""
    free = [other for other in others if Coordinate(other.name) in leaves_in(tree)]
    for values in product(*(np.linspace(other.low, other.high, BESIDE) for other in free)):
        leaves: dict[Leaf, Expression] = {Coordinate(other.name): Number(float(at)) for other, at in zip(free, values, strict=True)}
        try:
            yield replace(tree, leaves)
        except InputError:  # no value there
            continue


def _places(tree: Expression, item: Interval) -> Iterator[float]:
    """Where a tree in one coordinate is zero or extreme, and the ends."""
    yield from (item.low, item.high)
    yield from bends.zeros(tree, item)
    try:
        slope = differentiate(tree, item.name, (item.name,))
    except InputError:
        return
    if Coordinate(item.name) in leaves_in(slope):
        yield from bends.zeros(slope, item)


def _width(tree: Expression, item: Interval, place: float, kind: Kind) -> float:
    """The distance from a place over which a tree changes by one, or by its own size there; infinite where it does not."""
    span = item.high - item.low
    distances = span * np.geomspace(TINY, 1.0, 14 * 16 + 1)
    points = np.concatenate([[place], place - distances, place + distances])
    values = _values(tree, np.clip(points, item.low, item.high))
    change = np.abs(values[1:] - values[0]).reshape(2, -1).max(axis=0)
    limit = kind.share * abs(float(values[0])) if kind.share else 1.0
    beyond = np.flatnonzero((change >= limit) & (0 < limit < np.inf))
    return float(distances[beyond[0]]) if len(beyond) else np.inf
