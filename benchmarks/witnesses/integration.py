"""Initial values by SciPy, started anew at each place where something jumps, at two tolerances: an independent witness."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from benchmarks.tribunal.case import Axes, Solutions

Array = NDArray[np.float64]


def witness(
    rates: Callable[[float, Array], Any], start: Sequence[float], breaks: Sequence[float] = (), stiff: bool = False, keep: int | None = None
) -> Solutions:
    """The truth that y' = rates(t, y) from `start` at the axis' first point; `keep` are the parts of y that are unknowns."""
    values = partial(integrated, rates, start, breaks, "Radau" if stiff else "DOP853", keep)
    return Solutions((partial(values, 1e-12),), partial(values, 1e-10))


def integrated(
    rates: Callable[[float, Array], Any],
    start: Sequence[float],
    breaks: Sequence[float],
    method: str,
    keep: int | None,
    tolerance: float,
    axes: Axes,
) -> Array:
    """y at the axis' points, (points, parts)."""
    (axis,) = axes
    stops = [float(axis[0]), *sorted(place for place in breaks if axis[0] < place < axis[-1]), float(axis[-1])]
    state, found = np.asarray(start, dtype=float), np.empty((len(axis), len(start)))
    for begin, end in itertools.pairwise(stops):
        inside = (axis >= begin) & (axis <= end)
        middle = (begin + end) / 2

        def held(time: float, y: Array, begin: float = begin, end: float = end, middle: float = middle) -> Any:
            """The rates as they are inside the piece, at its ends too."""
            return rates(min(max(time, begin + 1e-13 * (middle - begin)), end - 1e-13 * (end - middle)), y)

        run = solve_ivp(
            held,
            (begin, end),
            state,
            method=method,
            rtol=tolerance,
            atol=tolerance * 1e-3 * (np.abs(start).max() + 1e-3),
            dense_output=True,
        )
        if inside.any():
            found[inside] = run.sol(axis[inside]).T
        state = run.y[:, -1]
    return found[:, :keep]
