"""All solutions of a boundary value problem of second order whose start is scanned: an independent witness.

The equation is integrated from many starts at once by Runge and Kutta's method; between two starts whose ends lie on different sides of
the condition, the start is found by Brent's method, with SciPy's DOP853.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from benchmarks.tribunal.case import Axes, Formula

Array = NDArray[np.float64]
Law = Callable[[Any, Any], Any]
"""u'' of u and u'."""
Begin = Callable[[Any], tuple[Any, Any]]
"""u and u' at the start, of the number that is scanned."""

STEPS = 400
ZERO = 1e-12
"""A start nearer to 0 is 0 but for rounding."""


def branches(law: Law, begin: Begin, starts: Array, length: float, end: float) -> tuple[Formula, ...]:
    """The solutions with u(length) = end whose starts lie between the smallest and the largest of `starts`."""
    with np.errstate(all="ignore"):
        misses = _many(law, begin, starts, length) - end
    found = []
    for low, high, before, after in zip(starts, starts[1:], misses, misses[1:], strict=False):
        if np.isfinite(before) and np.isfinite(after) and np.sign(before) * np.sign(after) < 0 and max(abs(before), abs(after)) < 1e3:
            start = brentq(lambda s: _one(law, begin, s, length).y[0, -1] - end, low, high, xtol=1e-15 * max(1, abs(high)), rtol=1e-14)
            found.append(partial(_values, law, begin, float(start) if abs(start) > ZERO else 0.0, length))
    return tuple(found)


def _many(law: Law, begin: Begin, starts: Array, length: float) -> Array:
    """u(length) from each start, (starts,)."""
    first, second = begin(starts)
    state = np.stack([np.broadcast_to(first, starts.shape), np.broadcast_to(second, starts.shape)])
    step = length / STEPS

    def rates(y: Array) -> Array:
        return np.stack([y[1], law(y[0], y[1])])

    for _ in range(STEPS):
        k1 = rates(state)
        k2 = rates(state + step / 2 * k1)
        k3 = rates(state + step / 2 * k2)
        state = state + step / 6 * (k1 + 2 * k2 + 2 * k3 + rates(state + step * k3))
    return np.asarray(state[0])


def _one(law: Law, begin: Begin, start: float, length: float) -> Any:
    """SciPy's solution from one start."""
    return solve_ivp(
        lambda _, y: (y[1], law(y[0], y[1])), (0.0, length), begin(start), method="DOP853", rtol=1e-13, atol=1e-14, dense_output=True
    )


def _values(law: Law, begin: Begin, start: float, length: float, axes: Axes) -> Array:
    return np.asarray(_one(law, begin, start, length).sol(axes[0])[:1].T)
