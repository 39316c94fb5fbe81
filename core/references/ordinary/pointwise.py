"""The conditions of a problem in one coordinate, as equations in a first-order system's states at a few points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Interval
from core.errors import InputError
from core.expressions import NUMPY, At, Coordinate, Derivative, Leaf, Vector, leaves_in, partial, to_text
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition
from core.references.ordinary.slopes import Slopes

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PointCondition:
    """One equation: `vector` gives its residual and its slope along each of `leaves`, from x (of its edge) and the values of the leaves."""

    x: float
    leaves: tuple[tuple[Derivative, float], ...]
    vector: Vector
    affine: bool


class Conditions:
    """Residuals g(y(p₁), y(p₂), …) of all conditions; `places` are the points p in rising order.

    Raises `InputError` where there are more or fewer equations than states, or one holds a derivative above the equations' highest.
    """

    def __init__(self, problem: BoundProblem, slopes: Slopes) -> None:
        (interval,) = problem.coordinates
        self.slopes = slopes
        self.scalars = tuple(_scalar(item, edge, interval) for item in problem.conditions for edge in _ends(item))
        if len(self.scalars) != slopes.system.size:
            raise InputError("reference-conditions", needed=slopes.system.size, given=len(self.scalars))
        self.places = tuple(sorted({place for scalar in self.scalars for _, place in scalar.leaves}))
        known = {leaf: number for number, leaf in enumerate((*slopes.system.states, *slopes.system.highest))}
        for scalar in self.scalars:
            for leaf, _ in scalar.leaves:
                if leaf not in known:
                    raise InputError("reference-condition-order", name=to_text(leaf))
        self._columns = [[(self.places.index(place), known[leaf]) for leaf, place in scalar.leaves] for scalar in self.scalars]
        self._needs_highest = any(column >= len(slopes.system.states) for row in self._columns for _, column in row)

    @property
    def affine(self) -> bool:
        """Whether one step of Newton's method solves the conditions."""
        return not self._needs_highest and all(scalar.affine for scalar in self.scalars)

    def __call__(self, states: Array) -> tuple[Array, Array]:
        """The residuals, (n,), and their slopes, (n, places, n), given the states at each place, (places, n)."""
        table, slopes = self._extended(states)
        residuals = np.empty(len(self.scalars))
        result = np.zeros((len(self.scalars), *states.shape))
        for number, (scalar, columns) in enumerate(zip(self.scalars, self._columns, strict=True)):
            residuals[number], *along = scalar.vector([np.float64(scalar.x), *(table[column] for column in columns)])
            for (place, column), slope in zip(columns, along, strict=True):
                result[number, place] += slope * slopes[place, column]
        return residuals, result

    def _extended(self, states: Array) -> tuple[Array, Array]:
        """(y, z) at each place, (places, n + k), and their slopes along y, (places, n + k, n)."""
        count = states.shape[1]
        slopes = np.broadcast_to(np.eye(count), (len(states), count, count))
        if not self._needs_highest:
            return states, slopes
        places = np.array(self.places)
        table = np.concatenate([states, self.slopes.highest(places, states.T).T], axis=1)
        return table, np.concatenate([slopes, self.slopes.highest_slopes(places, states.T).transpose(2, 0, 1)], axis=1)


def _ends(condition: BoundCondition) -> list[float]:
    return [end for (end,) in condition.edges if end is not None]


def _scalar(condition: BoundCondition, edge: float, interval: Interval) -> PointCondition:
    """The condition at one edge, where `u(boundary)` is meant too."""
    leaves = sorted((leaf for leaf in leaves_in(condition.residual) if isinstance(leaf, At)), key=to_text)
    trees = [condition.residual, *(partial(condition.residual, leaf) for leaf in leaves)]
    arguments: list[Leaf] = [Coordinate(interval.name), *leaves]
    return PointCondition(
        edge,
        tuple((leaf.derivative, _place(leaf, edge, interval)) for leaf in leaves),
        Vector(trees, arguments, NUMPY),
        not any(isinstance(leaf, At) for tree in trees[1:] for leaf in leaves_in(tree)),
    )


def _place(leaf: At, edge: float, interval: Interval) -> float:
    (value,) = leaf.place
    if value is None:
        return edge
    snapped = interval.snapped(value)
    return edge if snapped is None else snapped  # None never: `core.problem.conditions` refuses places outside the domain
