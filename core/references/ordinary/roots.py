"""Roots of a few equations by Newton's method, started from several guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Equations = Callable[[Array], tuple[Array, Array]]
"""Unknowns (n,) → residuals (n,) and their slopes (n, n)."""

ITERATIONS = 50
HALVINGS = 30
TOLERANCE = 1e-13
"""The size of a step that is small enough, relative to the unknowns."""
SAME = 1e-6
"""Roots that differ by less, relatively, are one."""
STARTS = (0.0, 1.0, -1.0, 10.0, -10.0, 0.1, -0.1)


def root_near(equations: Equations, start: Array) -> Array | None:
    """A root near `start`, or None: each step is halved until it brings the residuals down (Deuflhard 2011, section 3.1)."""
    place = start
    residuals, slopes = equations(place)
    for _ in range(ITERATIONS):
        if not residuals.any():
            return place
        try:
            step = np.asarray(np.linalg.solve(slopes, -residuals), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None
        found = _shortened(equations, place, step, residuals)
        if found is None:
            return place if (np.abs(step) <= TOLERANCE * (1 + np.abs(place))).all() else None
        step, residuals, slopes = found
        place = place + step
        if (np.abs(step) <= TOLERANCE * np.abs(place)).all():
            return place
    return None


def roots(equations: Equations, size: int) -> list[Array]:
    """The distinct roots that the method finds from several guesses."""
    found: list[Array] = []
    for start in _starts(size):
        place = root_near(equations, start)
        if place is not None and not any(np.allclose(place, other, rtol=SAME, atol=SAME) for other in found):
            found.append(place)
    return found


def _shortened(equations: Equations, place: Array, step: Array, residuals: Array) -> tuple[Array, Array, Array] | None:
    """The step, halved until the residuals are less, with these and their slopes there; None where no length is short enough."""
    for _ in range(HALVINGS):
        new, slopes = equations(place + step)
        if np.linalg.norm(new) < np.linalg.norm(residuals):
            return step, new, slopes
        step = step / 2
    return None


def _starts(size: int) -> Iterator[Array]:
    """Where to look for roots of which nothing is known: the same value for all unknowns, and different ones."""
    for value in STARTS:
        yield np.full(size, value)
        yield value + np.linspace(0.5, 1.5, size)
