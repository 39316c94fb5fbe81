"""Where Newton's method begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.expressions import Binary, Derivative, Expression, Number
from core.problem.bound import BoundProblem
from core.references.collocation.expansion import Expansion
from core.references.collocation.least_squares import Factors, Speed
from core.references.collocation.residuals import System, Term
from core.references.common.clock import Clock

Array = NDArray[np.float64]

OFFSETS = (0.0, 1.0, -1.0, 3.0, -3.0)
STIFFNESS = 1e-3
"""How much the extension is drawn to zero, so that one is determined where the conditions leave it open."""


def starts(problem: BoundProblem, conditions: tuple[Term, ...], expansion: Expansion, clock: Clock, speed: Speed) -> Iterator[Array]:
    """Coefficients to begin with: the smoothest functions that meet the conditions, zero, and the former moved up and down."""
    extension = _extension(problem, conditions, expansion, clock, speed)
    for offset in OFFSETS:
        yield extension + offset * _ones(expansion)
        if not offset:
            yield np.zeros(expansion.size)


def _extension(problem: BoundProblem, conditions: tuple[Term, ...], expansion: Expansion, clock: Clock, speed: Speed) -> Array:
    """What Σᵢ Lᵢ² ∂²u/∂xᵢ² = δ u has for a solution with the conditions, taken as linear ones: on an interval, almost a straight line."""
    inside = (None,) * len(problem.coordinates)
    smooth = [Term.of(unknown, _laplacian(unknown, problem), inside) for unknown in problem.unknowns]
    residuals, matrix, _ = System((*smooth, *conditions), expansion).linearised(np.zeros(expansion.size))
    if not (np.isfinite(residuals).all() and np.isfinite(matrix).all()):
        return np.zeros(expansion.size)
    return Factors.of(matrix, clock, speed).fit(-residuals)[0]


def _laplacian(unknown: str, problem: BoundProblem) -> Expression:
    tree: Expression = Binary("*", Number(-STIFFNESS), Derivative(unknown))
    for item in problem.coordinates:
        bent = Binary("*", Number((item.high - item.low) ** 2), Derivative(unknown, 2 * item.name))
        tree = Binary("+", tree, bent)
    return tree


def _ones(expansion: Expansion) -> Array:
    """The coefficients of the constant one, for every unknown: the first mode of either kind is constant."""
    ones = np.zeros((len(expansion.unknowns), expansion.each))
    ones[:, 0] = 1.0
    return ones.ravel()
