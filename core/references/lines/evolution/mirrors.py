"""Ends that are mirrors: where every unknown goes on as an odd or even function of twice the period, Fourier modes serve as on a circle.

As for u = 0 at both ends in u_t + u u_x = ν u_xx: −u(−x) solves the equation as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import TIME, Interval
from core.expressions import NUMPY, Coordinate, Derivative, Leaf, Number, Vector, leaves_in
from core.references.common.spectral import Fourier
from core.references.lines.evolution.end_conditions import conditions
from core.references.lines.evolution.evolution import Evolution

Array = NDArray[np.float64]
Parities = tuple[int, ...]
"""An unknown's sign under reflection each: 1 even, −1 odd."""

FREE = 4
"""Unknowns without conditions, whose parity is tried out, at most."""
PROBES = 5
TOLERANCE = 1e-9
NODES = {1: 256, 2: 64}
"""Points an axis at which the start is probed, by the number of coordinates in space."""
SMOOTH = 1e-7
"""The highest modes of a start that continues smoothly, beside the largest."""


def mirrors(evolution: Evolution) -> Mapping[str, Parities] | None:
    """The parities along each coordinate that is not periodic; None where some end is no mirror, or the start has a kink in one."""
    found: dict[str, Parities] = {}
    for item in evolution.space:
        if item.name not in evolution.periodic:
            parities = _parities(evolution, item)
            if parities is None:
                return None
            found[item.name] = parities
    return found if not found or _smooth(evolution, found) else None


def reflected(points: Array, item: Interval) -> tuple[Array, NDArray[np.bool_]]:
    """Points of twice the interval brought back into it, and which of them were beyond it."""
    beyond = points > item.high
    return np.where(beyond, 2 * item.high - points, points), beyond


def start(evolution: Evolution, grids_: Sequence[Fourier], parities: Mapping[str, Parities]) -> list[Array]:
    """Each of `Evolution.levels` on the grids, (*shape,), continued by reflection where a coordinate has parities."""
    shape = tuple(grid.n for grid in grids_)
    columns, flips = [], []
    for column, item in zip(grids.points([grid.nodes for grid in grids_]).T, evolution.space, strict=True):
        place, beyond = reflected(column, item) if item.name in parities else (column, np.zeros(len(column), dtype=bool))
        columns.append(place)
        flips.append(beyond)
    leaves: list[Leaf] = [Coordinate(item.name) for item in evolution.space]
    trees = [evolution.starts[level] for level in evolution.levels]
    found = []
    for (unknown, _), values in zip(evolution.levels, Vector(trees, leaves, NUMPY)(columns), strict=True):
        sign = np.ones(len(columns[0]))
        for item, beyond in zip(evolution.space, flips, strict=True):
            if item.name in parities:
                sign[beyond] *= parities[item.name][unknown]
        found.append((sign * values).reshape(shape))
    return found


def _parities(evolution: Evolution, item: Interval) -> Parities | None:
    said: dict[int, set[int]] = {}
    for condition in conditions(evolution, item.name):
        if condition.value != Number(0) or len(condition.factors) != 1:
            return None
        (trace,) = condition.factors
        said.setdefault(trace.unknown, set()).add(1 if trace.order % 2 else -1)
    if any(len(signs) > 1 for signs in said.values()) or len(evolution.unknowns) - len(said) > FREE:
        return None
    choices = [tuple(said.get(number, {1, -1})) for number in range(len(evolution.unknowns))]
    return next((parities for parities in product(*choices) if _symmetric(evolution, item, parities)), None)


def _symmetric(evolution: Evolution, item: Interval, parities: Parities) -> bool:
    """Whether reflection turns every residual into itself or its opposite, whatever its arguments are."""
    if any(Coordinate(item.name) in leaves_in(tree) for tree in evolution.equations):
        return False
    coordinates: list[Leaf] = [Coordinate(TIME), *(Coordinate(other.name) for other in evolution.space)]
    vector = Vector(evolution.equations, [*coordinates, *evolution.leaves], NUMPY)
    random = np.random.default_rng(0)
    values = [random.uniform(0.1, 1.0, PROBES) for _ in (*coordinates, *evolution.leaves)]
    signs = [1] * len(coordinates) + [_sign(evolution, leaf, item, parities) for leaf in evolution.leaves]
    with np.errstate(all="ignore"):
        before, after = vector(values), vector([sign * value for sign, value in zip(signs, values, strict=True)])
    return all(_same(one, other) or _same(one, -other) for one, other in zip(before, after, strict=True))


def _sign(evolution: Evolution, leaf: Derivative, item: Interval, parities: Parities) -> int:
    return parities[evolution.unknowns.index(leaf.unknown)] * (-1 if leaf.by.count(item.name) % 2 else 1)


def _same(one: Array, other: Array) -> bool:
    return bool((np.abs(one - other) <= TOLERANCE * (1 + np.abs(one))).all())


def _smooth(evolution: Evolution, parities: Mapping[str, Parities]) -> bool:
    """Whether the start's highest modes vanish, so that its reflections have no kinks."""
    count = NODES[len(evolution.space)]
    sizes = [2 if item.name in parities else 1 for item in evolution.space]
    doubled = [
        Fourier(count * size, item.low, item.low + size * (item.high - item.low)) for item, size in zip(evolution.space, sizes, strict=True)
    ]
    with np.errstate(all="ignore"):
        for values in start(evolution, doubled, parities):
            for axis, grid in enumerate(doubled):
                modes = np.abs(np.fft.rfft(values, axis=axis))
                highest = np.take(modes, range(grid.n // 4, grid.n // 2 + 1), axis=axis)
                if not highest.max() <= SMOOTH * modes.max():
                    return False
    return True
