"""Newton's method for more equations than unknowns (Gauss–Newton), damped, by orthogonal factorisation."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from core.errors import RunError
from core.references.clock import Clock
from core.references.collocation.residuals import System

Array = NDArray[np.float64]

SINGULAR = 1e-14
"""Reciprocal condition number below which a matrix with unit columns leaves something undetermined."""
SMALL_SYSTEM = 500
"""Coefficients of a system whose steps cost next to nothing."""
MOST_STEPS = 30
FEW_STEPS = 8
"""Of a larger system, which begins with the answer of a smaller one."""
SHORTEST = 2.0**-8
"""The shortest part of a Newton step that is tried."""
ROUNDING = 1e-12
"""Relative change of a sum of squares that says nothing."""
SMALL = 1e-12
"""A relative step with which the coefficients are taken to have come to rest."""
NEAR = 1e-7
"""One with which they have where steps no longer become smaller."""
NEEDLESS = 0.01
"""Steps below this part of the residual that no step takes away are not worth taking: there are too few modes for more."""
BLOCK = 32
"""Columns that LAPACK takes at once."""


@dataclass
class Speed:
    """Operations a second that factorisations have reached so far: LAPACK cannot be interrupted, so its time is foretold."""

    operations: float = 5e9

    def seconds(self, rows: int, columns: int) -> float:
        return _operations(rows, columns) / self.operations

    def measured(self, rows: int, columns: int, seconds: float) -> None:
        if columns >= 200:  # smaller ones say little
            self.operations = _operations(rows, columns) / max(seconds, 1e-6)


@dataclass(frozen=True)
class Root:
    """Coefficients at which the residuals are smallest; `condition` is the reciprocal condition number there."""

    coefficients: Array
    converged: bool
    condition: float


@dataclass(frozen=True)
class Fit:
    """The x that makes ‖A x − b‖ smallest, that norm, and the reciprocal condition number of A with its columns scaled to length 1."""

    solution: Array
    remains: float
    condition: float


def solve(system: System, start: Array, clock: Clock, speed: Speed) -> Root:
    """From `start`, to where the weighted residuals are smallest; `converged` is false where it does not get there.

    Raises `RunError` where a factorisation would outlast the clock.
    """
    coefficients, before, condition = start, math.inf, 0.0
    for _ in range(MOST_STEPS if system.expansion.size <= SMALL_SYSTEM else FEW_STEPS):
        clock.check()
        residuals, matrix, scales = system.linearised(coefficients)
        if not (np.isfinite(residuals).all() and np.isfinite(matrix).all()):
            return Root(coefficients, False, math.nan)
        fit = least_squares(matrix, -residuals, clock, speed)
        condition = fit.condition
        if system.linear or condition < SINGULAR:
            return Root(coefficients + fit.solution, bool(condition >= SINGULAR), condition)
        part = _part(system, coefficients, fit, residuals, scales)
        coefficients = coefficients + part * fit.solution
        step = float(np.linalg.norm(fit.solution) / (np.linalg.norm(coefficients) or 1.0))
        enough = max(SMALL, NEEDLESS * fit.remains / math.sqrt(len(residuals)))
        if step < enough or (step < NEAR and (step > before / 2 or part <= SHORTEST)):  # at rest, or as near as rounding allows
            return Root(coefficients, True, condition)
        if part <= SHORTEST:
            break
        before = step
    return Root(coefficients, False, condition)


def _part(system: System, coefficients: Array, fit: Fit, residuals: Array, scales: Array) -> float:
    """The largest of 1, ½, ¼ … of the step with a tenth of the gain that the linear model promises (Armijo's rule)."""
    before, part = float(residuals @ residuals), 1.0
    promised = max(before - fit.remains**2, 0.0)
    while part > SHORTEST:
        trial = system.weighted(coefficients + part * fit.solution, scales)
        if float(trial @ trial) <= before * (1 + ROUNDING) - part / 10 * promised:  # false for NaN
            return part
        part /= 2
    return part


def least_squares(matrix: Array, right: Array, clock: Clock, speed: Speed) -> Fit:
    """The fit of A x to b = `right`.

    `matrix` holds A and one more column, in Fortran's order, and is overwritten. The right-hand side goes through the factorisation as that
    column: QR errs by the condition number of A, normal equations would by its square (Björck 1996, sections 2.4 and 2.2).
    """
    rows, size = matrix.shape[0], matrix.shape[1] - 1
    if speed.seconds(rows, size) > clock.left:
        raise RunError("reference-too-slow", limit=f"{clock.limit:g}")
    lengths = np.sqrt(np.einsum("ij,ij->j", matrix[:, :size], matrix[:, :size]))
    lengths[lengths == 0] = 1.0
    matrix[:, :size] /= lengths
    matrix[:, size] = right
    begun = time.perf_counter()
    factors = lapack.dgeqrf(matrix, lwork=BLOCK * (size + 1), overwrite_a=1)[0]
    speed.measured(rows, size, time.perf_counter() - begun)
    triangle, projected = factors[:size, :size], factors[:size, size]
    condition = float(lapack.dtrcon(triangle, norm="1", uplo="U", diag="N")[0])
    solution = lapack.dtrtrs(triangle, projected)[0] / lengths if condition > 0 else np.zeros(size)
    return Fit(solution, float(abs(factors[size, size])) if rows > size else 0.0, condition)


def _operations(rows: int, columns: int) -> float:
    """Of a QR factorisation (Golub and Van Loan 2013, section 5.2.1)."""
    return 2.0 * columns**2 * (rows - columns / 3)
