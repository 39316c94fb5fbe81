"""A problem's equations and conditions as rows of one system for the coefficients of an expansion, with its derivative."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Place
from core.expressions import NUMPY, At, Coordinate, Derivative, Expression, Leaf, Program, compile, leaves_in, partial
from core.problem.bound import BoundProblem
from core.references.collocation.expansion import Expansion, Points

Array = NDArray[np.float64]

FLOOR = 1e-3
"""Rows whose coefficients nearly vanish are weighted as if these were this part of the term's typical ones."""


@dataclass(frozen=True)
class Term:
    """An equation, or a condition on one edge: `residual` vanishes wherever the free coordinates of `edge` go.

    `name` is its key in the problem (`equations[1]`). `slopes` holds the residual's derivative by each unknown and derivative in it.
    """

    name: str
    tree: Expression
    edge: Place
    residual: Program
    slopes: Mapping[Derivative | At, Program]

    @classmethod
    def of(cls, name: str, tree: Expression, edge: Place) -> Term:
        fields = sorted((leaf for leaf in leaves_in(tree) if isinstance(leaf, Derivative | At)), key=str)
        return cls(name, tree, edge, compile(tree, NUMPY), {leaf: compile(partial(tree, leaf), NUMPY) for leaf in fields})

    @cached_property
    def linear(self) -> bool:
        return not any(isinstance(leaf, Derivative | At) for slope in self.slopes.values() for leaf in slope.leaves)

    def grid(self, points: Points) -> Points:
        """`points` with the coordinates that the edge fixes set to its values."""
        return tuple(where if value is None else np.array([value]) for where, value in zip(points, self.edge, strict=True))


def terms(problem: BoundProblem) -> tuple[Term, ...]:
    """The equations inside the box, and each condition on each of its edges."""
    inside: Place = (None,) * len(problem.coordinates)
    equations = [Term.of(f"equations[{number}]", tree, inside) for number, tree in enumerate(problem.equations, 1)]
    conditions = [
        Term.of(f"conditions[{number}]", condition.residual, edge)
        for number, condition in enumerate(problem.conditions, 1)
        for edge in condition.edges
    ]
    return (*equations, *conditions)


@dataclass(frozen=True)
class Miss:
    """Root mean squares of a term's residual: `fine`, beside what the finest modes make of the term, and `whole`, beside its parts."""

    name: str
    fine: float
    whole: float


class System:
    """Terms and an expansion: how far coefficients miss the terms on a grid, and the derivative of that."""

    def __init__(self, terms: tuple[Term, ...], expansion: Expansion) -> None:
        self.terms, self.expansion = terms, expansion
        self.linear = all(term.linear for term in terms)
        self.rows = sum(math.prod(map(len, term.grid(expansion.interior()))) for term in terms)

    def missed(self, coefficients: Array, points: Points, sizes: Mapping[str, float]) -> Iterator[Miss]:
        """The misses of each term on the grid of `points`, for unknowns of these `sizes`."""
        for term in self.terms:
            grid = term.grid(points)
            leaves = self._leaves(term, coefficients, grid)
            slopes = self._slopes(term, leaves, grid)
            residual = self._spread(term.residual, leaves, grid)
            parts = [slope * leaves[leaf].ravel() for leaf, slope in slopes.items()]
            whole = sum(map(np.abs, parts), np.abs(residual - sum(parts)))
            yield Miss(term.name, _mean(residual / self._scales(slopes, sizes)), _mean(residual) / (_mean(whole) or 1.0))

    def linearised(self, coefficients: Array) -> tuple[Array, Array, Array]:
        """The weighted residuals at the expansion's own points, (rows,), their derivative, and the weights' inverses, (rows,).

        The derivative is (rows, size), in Fortran's order.
        """
        columns = np.zeros((self.expansion.size, self.rows))
        residuals, scales = np.empty(self.rows), np.empty(self.rows)
        start = 0
        for term in self.terms:
            grid = term.grid(self.expansion.interior())
            leaves = self._leaves(term, coefficients, grid)
            slopes = self._slopes(term, leaves, grid)
            scale = self._scales(slopes, {})
            rows = slice(start, start + len(scale))
            for leaf, slope in slopes.items():
                derivative = _derivative(leaf)
                columns[self.expansion.place(derivative.unknown), rows] += (slope / scale) * self.expansion.columns(
                    derivative, _moved(leaf, grid)
                )
            residuals[rows], scales[rows] = self._spread(term.residual, leaves, grid) / scale, scale
            start = rows.stop
        return residuals, columns.T, scales

    def weighted(self, coefficients: Array, scales: Array) -> Array:
        """The residuals at the expansion's own points over given scales, (rows,)."""
        points = self.expansion.interior()
        parts = []
        for term in self.terms:
            grid = term.grid(points)
            parts.append(self._spread(term.residual, self._leaves(term, coefficients, grid), grid))
        return np.concatenate(parts) / scales

    def _leaves(self, term: Term, coefficients: Array, grid: Points) -> dict[Leaf, Array]:
        """The value of each leaf on the grid, in a shape that fits it."""
        leaves: dict[Leaf, Array] = {}
        for axis, letter in enumerate(self.expansion.letters):
            leaves[Coordinate(letter)] = grid[axis].reshape([-1 if other == axis else 1 for other in range(len(grid))])
        for leaf in term.slopes:
            leaves[leaf] = self.expansion.value(coefficients, _derivative(leaf), _moved(leaf, grid))
        return leaves

    def _slopes(self, term: Term, leaves: Mapping[Leaf, Array], grid: Points) -> dict[Derivative | At, Array]:
        return {leaf: self._spread(slope, leaves, grid) for leaf, slope in term.slopes.items()}

    def _spread(self, program: Program, leaves: Mapping[Leaf, Array], grid: Points) -> Array:
        """The program's value at every point of the grid, (points,)."""
        with np.errstate(all="ignore"):  # judged by the caller, all at once
            return np.array(np.broadcast_to(program(leaves), tuple(map(len, grid))), dtype=np.float64).ravel()

    def _scales(self, slopes: Mapping[Derivative | At, Array], sizes: Mapping[str, float]) -> Array:
        """What a term makes of the finest modes of each unknown, (points,): weights that put every row on a par, see `collocation`."""
        scales = np.zeros(len(next(iter(slopes.values()))))
        for leaf, slope in slopes.items():
            derivative = _derivative(leaf)
            scales += np.abs(slope) * self.expansion.growth(derivative) * sizes.get(derivative.unknown, 1.0)
        typical = float(np.median(scales)) or float(scales.max()) or 1.0
        return np.maximum(scales, FLOOR * typical)


def _derivative(leaf: Derivative | At) -> Derivative:
    return leaf.derivative if isinstance(leaf, At) else leaf


def _moved(leaf: Derivative | At, grid: Points) -> Points:
    """Where a leaf is evaluated for the points of the grid."""
    if isinstance(leaf, Derivative):
        return grid
    return tuple(where if value is None else np.full(len(where), value) for where, value in zip(grid, leaf.place, strict=True))


def _mean(values: Array) -> float:
    """The root of the mean square, infinite where a value is not finite."""
    with np.errstate(all="ignore"):
        mean = float(np.sqrt(np.mean(values**2)))
    return mean if math.isfinite(mean) else math.inf
