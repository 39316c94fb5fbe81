"""Whether a truth obeys its own problem: derivatives on small patches, put into the equations and conditions.

A formula for the truth may be as wrong as a solver. On a patch of Chebyshev points a smooth function is differentiated by a matrix
(Trefethen 2000, chapter 6), whatever made its values. Where the truth bends or jumps within a patch nothing can be said, so several
patches are tried, and the best of three sizes counts at each place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import numpy as np

from benchmarks.tribunal.case import Array, Formula
from core.domain.domain import Place
from core.expressions import NUMPY, At, Coordinate, Derivative, Expression, Leaf, evaluate, leaves_in, partial
from core.problem.bound import BoundProblem

COUNT = 9
"""Points of a patch along each coordinate."""
SIZES = (0.1, 0.025, 0.006)
"""The sizes of a patch, as parts of each range."""
COARSE = 33
"""Points an axis at which the truth's size is looked at."""


class Patch:
    """The truth on Chebyshev points around a place: `middle` and `width` are parts of each range; it never leaves the domain."""

    def __init__(self, problem: BoundProblem, formula: Formula, middle: Array, width: float, sizes: Array) -> None:
        self.problem = problem
        low, high = np.array(problem.low), np.array(problem.high)
        begin = np.clip(middle - width / 2, 0.0, 1.0 - width)
        nodes = (1 - np.cos(np.pi * np.arange(COUNT) / (COUNT - 1))) / 2
        self.axes = [low[i] + (high[i] - low[i]) * (begin[i] + width * nodes) for i in range(len(low))]
        # From end to end, as a witness may look for its ends on the axes that it is given.
        whole = [np.unique(np.concatenate([[low[i]], self.axes[i], [high[i]]])) for i in range(len(low))]
        rows = [np.searchsorted(whole[i], self.axes[i]) for i in range(len(low))]
        self.values = formula(tuple(whole))[np.ix_(*rows)]
        self.matrices = [_differentiation(axis) for axis in self.axes]
        self.letters = tuple(item.name for item in problem.coordinates)
        self.sizes, self.spans = sizes, high - low

    def natural(self, derivative: Derivative) -> float:
        """The size of a derivative that changes over the whole domain: smaller ones are nothing to compare with."""
        spans = [self.spans[self.letters.index(letter)] for letter in derivative.by]
        return float(self.sizes[self.problem.unknowns.index(derivative.unknown)] / np.prod(spans))

    def of(self, derivative: Derivative) -> Array:
        """An unknown's derivative on the patch, (COUNT, …)."""
        values = self.values[..., self.problem.unknowns.index(derivative.unknown)]
        return reduce(self._along, derivative.by, values)

    def _along(self, values: Array, letter: str) -> Array:
        axis = self.letters.index(letter)
        return np.moveaxis(np.tensordot(self.matrices[axis], values, (1, axis)), 0, axis)

    def taken(self, derivative: Derivative, place: Place) -> Array:
        """A derivative at a place, whose fixed coordinates are kept as axes of length 1."""
        values = self.of(derivative)
        for axis, value in enumerate(place):
            if value is not None:
                values = np.take(values, [int(np.argmin(np.abs(self.axes[axis] - value)))], axis=axis)
        return values

    def leaf(self, item: Leaf) -> Any:
        """What a coordinate or a derivative is on the patch."""
        match item:
            case Coordinate(name):
                axis = self.letters.index(name)
                return self.axes[axis].reshape([-1 if i == axis else 1 for i in range(len(self.axes))])
            case Derivative():
                return self.of(item)
        raise TypeError(f"{item} should have been replaced")


def residual(tree: Expression, leaf: Callable[[Leaf], Any], natural: Callable[[Derivative], float]) -> float:
    """The residual in the middle of a patch or of its edge, relative to the size of its terms there."""
    with np.errstate(all="ignore"):
        values = np.asarray(evaluate(tree, leaf, NUMPY), dtype=float)
        size = np.abs(values)
        for item in leaves_in(tree):
            if isinstance(item, At | Derivative):
                usual = natural(item.derivative if isinstance(item, At) else item)
                size = size + np.abs(np.asarray(evaluate(partial(tree, item), leaf, NUMPY)) * (np.abs(leaf(item)) + usual))
    middle = tuple(count // 2 for count in values.shape)
    return float(np.abs(values[middle]) / size[middle]) if values[middle] else 0.0


def sizes_of(problem: BoundProblem, formula: Formula) -> Array:
    """The largest |value| of each unknown on a coarse grid, (unknowns,)."""
    axes = tuple(np.linspace(item.low, item.high, COARSE) for item in problem.coordinates)
    values = np.abs(formula(axes)).reshape(-1, len(problem.unknowns))
    return np.asarray(np.nanmax(values, axis=0))


def misfits(problem: BoundProblem, formula: Formula, places: int = 9, seed: int = 0) -> list[float]:
    """The largest residual of the equations at each place, relative to the size of their terms: the best of three patches, sorted."""
    random, sizes, found = np.random.default_rng(seed), sizes_of(problem, formula), []
    for _ in range(places):
        spot = random.uniform(0.05, 0.95, len(problem.coordinates))
        patches = [Patch(problem, formula, spot, size, sizes) for size in SIZES]
        found.append(max(_least(residual(tree, patch.leaf, patch.natural) for patch in patches) for tree in problem.equations))
    return sorted(found)


def gaps(problem: BoundProblem, formula: Formula, seed: int = 0) -> list[float]:
    """The distance of each edge's condition from being met in the middle, relative to its terms: the best of three patches."""
    random, sizes = np.random.default_rng(seed), sizes_of(problem, formula)
    spots = [random.uniform(0.2, 0.8, len(problem.coordinates)) for _ in SIZES]
    return [
        _least(_on_edge(problem, formula, condition.residual, edge, spot, size, sizes) for spot, size in zip(spots, SIZES, strict=True))
        for condition in problem.conditions
        for edge in condition.edges
    ]


def _least(values: Iterable[float]) -> float:
    return min((value for value in values if value == value), default=float("inf"))


def _moved(problem: BoundProblem, place: Place, spot: Array) -> Array:
    """The spot, in parts of each range, moved to the place's fixed coordinates."""
    ends = zip(place, problem.low, problem.high, spot, strict=True)
    return np.array([free if value is None else (value - low) / (high - low) for value, low, high, free in ends])


def _on_edge(problem: BoundProblem, formula: Formula, tree: Expression, edge: Place, spot: Array, size: float, sizes: Array) -> float:
    """A condition's residual on an edge; a value at another place, as of a period, comes from a patch there."""

    def at(place: Place) -> Patch:
        return Patch(problem, formula, _moved(problem, place, spot), size, sizes)

    here = at(edge)

    def leaf(item: Leaf) -> Any:
        if isinstance(item, Coordinate):
            value = edge[here.letters.index(item.name)]
            return here.leaf(item) if value is None else value
        if isinstance(item, At):
            place = tuple(fixed if free is None else free for free, fixed in zip(item.place, edge, strict=True))
            return at(place).taken(item.derivative, place)
        return here.leaf(item)

    return residual(tree, leaf, here.natural)


def _differentiation(axis: Array) -> Array:
    """The matrix that differentiates polynomials through values at the points of the axis (by barycentric weights)."""
    away = axis[:, None] - axis + np.eye(len(axis))
    weights = 1 / np.prod(away / away.max(), axis=1)
    matrix = weights / weights[:, None] / away
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return np.asarray(matrix)
