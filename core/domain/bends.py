"""Where trees jump or bend: the places at which a `heaviside`, `sign`, `abs`, `min` or `max` changes its branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Interval
from core.errors import InputError
from core.expressions import NUMPY, Call, Coordinate, Expression, Leaf, Number, differentiate, evaluate, leaves_in
from core.expressions.algebra import ONE, ZERO, negate, rebuilt, subtract
from core.expressions.tree import fold, walk

Array = NDArray[np.float64]

STEPS = frozenset({"heaviside", "sign"})
"""Functions that jump where their argument is zero."""
BENDS = STEPS | {"abs", "min", "max"}
"""Functions that jump or bend there."""
SAMPLES = 1001
CLOSEST = 1e-12
DENSER = 60
"""The number of further samples on either side of a place; the closest is at `CLOSEST`, relative to the interval."""
MOST_PLACES = 40
NEAR = 1e-6
"""How far to either side of a place, relative to the interval, a sign is looked at."""
CLOSE = 1e-9
"""Places nearer to each other or to an end, relative to the interval, are one."""


def calls(tree: Expression, functions: frozenset[str] = BENDS) -> Iterator[Call]:
    """The functions in the tree that jump or bend."""
    return (node for node in walk(tree) if isinstance(node, Call) and node.function in functions)


def arguments(tree: Expression, functions: frozenset[str] = BENDS) -> Iterator[Expression]:
    """What is zero where a function in the tree jumps or bends."""
    return map(argument, calls(tree, functions))


def argument(call: Call) -> Expression:
    """What is zero where the function jumps or bends: its argument, or the difference of both."""
    first, *others = call.arguments
    return subtract(first, others[0]) if others else first


def along(tree: Expression) -> str | None:
    """The one coordinate that the tree depends on; None where it depends on others, on unknowns, or on nothing."""
    leaves = leaves_in(tree)
    if len(leaves) != 1:
        return None
    (leaf,) = leaves
    return leaf.name if isinstance(leaf, Coordinate) else None


def places(trees: tuple[Expression, ...], item: Interval, functions: frozenset[str] = BENDS) -> tuple[float, ...]:
    """Where trees jump or bend inside an interval, in order, as far as that depends on its coordinate alone."""
    found = sorted(
        zero for tree in trees for inner in arguments(tree, functions) if along(inner) == item.name for zero in zeros(inner, item)
    )
    return distinct(found, item)


def distinct(found: list[float], item: Interval) -> tuple[float, ...]:
    """Sorted places without those that are the same as another, or an end."""
    inside: list[float] = []
    for place in found:
        if all(abs(place - other) > CLOSE * (item.high - item.low) for other in (item.low, *inside[-1:], item.high)):
            inside.append(place)
    return tuple(inside)


def zeros(tree: Expression, item: Interval) -> Iterator[float]:
    """Where a tree in one coordinate changes its sign inside the interval; a zero of even order that no sample hits is not found."""
    samples = np.linspace(item.low, item.high, SAMPLES)
    closer = (item.high - item.low) * np.geomspace(CLOSEST, 1 / SAMPLES, DENSER)
    around = [seed + sign * closer for seed in _seeds(tree, item, samples) for sign in (1, -1)]
    every = np.unique(np.concatenate([samples, *around]))
    yield from roots(_function(tree), every[(item.low <= every) & (every <= item.high)])


def _seeds(tree: Expression, item: Interval, samples: Array) -> Iterator[float]:
    """Places around which a tree may change within less than the distance of two samples: where it bends, and where it is extreme."""
    for inner in arguments(tree):
        yield from zeros(inner, item)
    try:
        yield from roots(_function(differentiate(tree, item.name, (item.name,))), samples)
    except InputError:  # a derivative without a value
        return


def _function(tree: Expression) -> Callable[[Array], Array]:
    """A tree in one coordinate as a function of it."""
    return lambda x: np.asarray(np.broadcast_to(evaluate(tree, lambda _: x, NUMPY), x.shape), dtype=np.float64)


def roots(value: Callable[[Array], Array], samples: Array) -> Iterator[float]:
    """Where a function of many points is zero, or changes its sign between two samples; of a stretch of zeros, the ends alone."""
    with np.errstate(all="ignore"):
        signs = np.sign(value(samples))
        beside = np.concatenate([signs[1:2], signs, signs[-2:-1]])  # of an end, its one neighbour on both sides
        yield from (float(samples[index]) for index in np.flatnonzero((signs == 0) & ((beside[:-2] != 0) | (beside[2:] != 0))))
        for index in np.flatnonzero(signs[1:] * signs[:-1] < 0):
            yield _bisected(value, float(samples[index]), float(samples[index + 1]), float(signs[index]))


def _bisected(value: Callable[[Array], Array], low: float, high: float, sign: float) -> float:
    """The zero between two places, to the last bit; `sign` is that at the lower one.

    SciPy would do it as well, but loading it takes a second, which whoever reads a problem would wait.
    """
    while low < (middle := (low + high) / 2) < high:
        found = float(np.sign(value(np.array([middle]))[0]))
        if found == 0:
            return middle
        low, high = (middle, high) if found == sign else (low, middle)
    return low if abs(float(value(np.array([low]))[0])) <= abs(float(value(np.array([high]))[0])) else high


def changes(tree: Expression, item: Interval, place: float) -> bool:
    """Whether a tree in the interval's coordinate alone changes its sign at a place."""
    reach = NEAR * (item.high - item.low)
    return along(tree) == item.name and _sign(tree, place - reach) != _sign(tree, place + reach)


def branched(tree: Expression, place: Mapping[str, float]) -> Expression:
    """The tree with each jump or bend that depends on one coordinate of `place` alone on the branch that it has there.

    With the middle of a piece between two jumps as the place, the tree is smooth on the whole piece, its ends included.
    """

    def rule(node: Expression, below: tuple[Expression, ...]) -> Expression:
        if isinstance(node, Call) and node.function in BENDS:
            letter = along(argument(node))
            if letter is not None and letter in place:
                return _branch(node, below, _sign(argument(node), place[letter]))
        return node if isinstance(node, Leaf | Number) else rebuilt(node, below)

    return fold(tree, rule) if any(isinstance(node, Call) and node.function in BENDS for node in walk(tree)) else tree


def _sign(tree: Expression, x: float) -> int:
    with np.errstate(all="ignore"):
        return int(np.sign(float(evaluate(tree, lambda _: np.float64(x), NUMPY))))


def sides(call: Call) -> tuple[Expression, Expression]:
    """What the function is on either side of its jump or bend."""
    return _branch(call, call.arguments, -1), _branch(call, call.arguments, 1)


def _branch(call: Call, below: tuple[Expression, ...], sign: int) -> Expression:
    first, second = below[0], below[-1]
    branches: Mapping[str, tuple[Expression, Expression, Expression]] = {  # at a negative argument, at zero, at a positive one
        "heaviside": (ZERO, Number(0.5), ONE),
        "sign": (Number(-1), ZERO, ONE),
        "abs": (negate(first), ZERO, first),
        "min": (first, first, second),
        "max": (second, second, first),
    }
    return branches[call.function][sign + 1]
