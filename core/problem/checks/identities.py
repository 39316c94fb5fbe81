"""Whether an equation or a condition says anything of the unknowns: `u_t = u_t` holds, and `u = u + 1` fails, whatever they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Interval
from core.expressions import NUMPY, Coordinate, Expression, Leaf, Vector, leaves_in, magnitude, partial
from core.expressions.tree import children, walk

Array = NDArray[np.float64]

SAMPLES = 64
ROUNDING = 1e-9
"""A value is zero where it is no more than this part of its magnitude."""
HOLDS, FAILS = "holds-always", "never-holds"


def verdict(residual: Expression, coordinates: tuple[Interval, ...]) -> str | None:
    """`HOLDS` or `FAILS` where the unknowns cancel out of a residual, None where they do not.

    They are given random values of many sizes, twice; where the residual stays the same, so must all its slopes along them be zero.
    Nothing cancels what stands there once.
    """
    if 1 in occurrences(residual).values():
        return None
    random = np.random.default_rng(0)
    columns: dict[Leaf, Array] = {Coordinate(item.name): random.uniform(item.low, item.high, SAMPLES) for item in coordinates}
    unknowns = sorted((leaf for leaf in leaves_in(residual) if not isinstance(leaf, Coordinate)), key=repr)
    first, second = ({**columns, **{leaf: _any(random) for leaf in unknowns}} for _ in range(2))
    (value, size), (other, other_size) = _sized(residual, first), _sized(residual, second)
    known = np.isfinite(size) & np.isfinite(other_size)
    if not known.any() or (np.abs(value[known] - other[known]) > ROUNDING * (size + other_size)[known]).any():
        return None
    if not all(_vanishes(partial(residual, leaf), first) for leaf in unknowns):
        return None
    return HOLDS if (np.abs(value) <= ROUNDING * size)[known].all() else FAILS


def occurrences(tree: Expression) -> Mapping[Leaf, int]:
    """How often each unknown and derivative stands in a tree, what is shared counted each time."""
    times, found = Counter({id(tree): 1}), Counter[Leaf]()
    for node in reversed(list(walk(tree))):
        for child in children(node):
            times[id(child)] += times[id(node)]
        if isinstance(node, Leaf) and not isinstance(node, Coordinate):
            found[node] += times[id(node)]
    return found


def _any(random: np.random.Generator) -> Array:
    """Values of both signs from a hundredth to ten thousand."""
    return random.choice([-1.0, 1.0], SAMPLES) * 10 ** random.uniform(-2, 4, SAMPLES)


def _vanishes(tree: Expression, columns: Mapping[Leaf, Array]) -> bool:
    value, size = _sized(tree, columns)
    known = np.isfinite(size)
    return bool((np.abs(value[known]) <= ROUNDING * size[known]).all())


def _sized(tree: Expression, columns: Mapping[Leaf, Array]) -> tuple[Array, Array]:
    """The values of a tree and their magnitudes, (SAMPLES,) each."""
    with np.errstate(all="ignore"):
        value, size = Vector([tree, magnitude(tree)], list(columns), NUMPY)(list(columns.values()))
    return np.broadcast_to(value, SAMPLES), np.broadcast_to(size, SAMPLES)
