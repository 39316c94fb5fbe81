"""Newton's method for more equations than unknowns (Gauss–Newton), damped by what is left of a step.

A part of the step is taken where the next step, by the same factors, would be shorter: a test that, unlike the residual's, does not depend
on how rows are weighted (Deuflhard 2004, Newton Methods for Nonlinear Problems, sections 3.3 and 4.3). Such simplified steps are taken as
long as they converge fast: they cost next to nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.references.collocation.least_squares import Factors, Speed
from core.references.collocation.residuals import System
from core.references.common.clock import Clock

Array = NDArray[np.float64]

SINGULAR = 1e-14
"""Reciprocal condition number below which a matrix with unit columns leaves something undetermined."""
SMALL_SYSTEM = 500
"""Coefficients of a system whose steps cost next to nothing."""
MOST_STEPS = 40
FEW_STEPS = 10
"""The most steps of a larger system, which begins with the answer of a smaller one."""
SHORTEST = 2.0**-10
"""The shortest part of a Newton step that is tried."""
FAST = 0.1
"""What is left of a simplified step that is worth another one."""
SMALL = 1e-12
"""A relative step with which the unknowns are taken to have come to rest."""
NEAR = 1e-7
"""A relative step with which they have come to rest where steps no longer become smaller."""
NEEDLESS = 0.01
"""Steps below this part of the residual that no step takes away are not worth taking: there are too few modes for more."""
SMALLEST = 1e-6
"""Changes of an unknown are relative to its size, or to this part of the largest unknown's."""


@dataclass(frozen=True)
class Root:
    """Coefficients at which the residuals are smallest; `condition` is the reciprocal condition number there."""

    coefficients: Array
    converged: bool
    condition: float


def solve(system: System, start: Array, clock: Clock, speed: Speed) -> Root:
    """Go from `start` to where the weighted residuals are smallest; `converged` is false where it does not get there.

    Raises `RunError` where a factorisation would outlast the clock.
    """
    coefficients, before, condition = start, math.inf, math.nan
    for _ in range(MOST_STEPS if system.expansion.size <= SMALL_SYSTEM else FEW_STEPS):
        clock.check()
        residuals, matrix, scales = system.linearised(coefficients)
        if not (np.isfinite(residuals).all() and np.isfinite(matrix).all()):
            return Root(coefficients, False, math.nan)
        factors = Factors.of(matrix, clock, speed)
        condition = factors.condition
        step, remains = factors.fit(-residuals)
        if system.linear or condition < SINGULAR:
            return Root(coefficients + step, bool(condition >= SINGULAR), condition)
        sizes = system.expansion.sizes(coefficients + step)
        enough = max(SMALL, NEEDLESS * remains / math.sqrt(len(residuals)) / (sizes.max() or 1.0))
        descent = Descent(system, factors, scales, sizes)
        length = descent.length(step)
        if length < enough or (length < NEAR and length > before / 2):  # at rest, or as near as rounding allows
            return Root(coefficients + step, True, condition)
        moved, last = descent.moved(coefficients, step, enough)
        if moved is None:
            break
        if last < enough:
            return Root(moved, True, condition)
        coefficients, before = moved, length
    return Root(coefficients, False, condition)


@dataclass(frozen=True)
class Descent:
    """Steps from one set of coefficients by the same factors; lengths of steps are relative to the unknowns' `sizes`."""

    system: System
    factors: Factors
    scales: Array
    sizes: Array

    def length(self, step: Array) -> float:
        """The largest change of an unknown."""
        changes = self.system.expansion.sizes(step)
        return float((changes / np.maximum(self.sizes, SMALLEST * (self.sizes.max() or 1.0))).max())

    def moved(self, coefficients: Array, step: Array, enough: float) -> tuple[Array | None, float]:
        """Where a step leads, and how long the last one was; None where no part of it leads closer."""
        length, part = self.length(step), 1.0
        while part >= SHORTEST:
            moved = coefficients + part * step
            following = self._following(moved)
            left = self.length(following) if following is not None else math.inf
            if left <= (1 - part / 4) * length:
                return self._simplified(moved, following, length, enough) if part == 1.0 else (moved, math.inf)
            part /= 2
        return None, math.inf

    def _simplified(self, coefficients: Array, step: Array | None, before: float, enough: float) -> tuple[Array, float]:
        """Go on with simplified steps, as long as a step leaves a tenth of itself."""
        while step is not None:
            length = self.length(step)
            if length > FAST * before and length > enough:
                break
            coefficients, before = coefficients + step, length
            if length <= enough:
                return coefficients, 0.0
            step = self._following(coefficients)
        return coefficients, math.inf

    def _following(self, coefficients: Array) -> Array | None:
        """The step from here by the same factors; None where the equations have no value."""
        residuals = self.system.weighted(coefficients, self.scales)
        return self.factors.fit(-residuals)[0] if np.isfinite(residuals).all() else None
