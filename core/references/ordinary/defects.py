"""Whether states that an integrator gave obey y' = f(x, y) at points that it did not choose.

Between two neighbouring points of a grid, the polynomial through states at Chebyshev points stands for the solution; where its last
coefficients show that it does, its slope is held against f at points in between. An integrator knows no more than what f was at its own
steps: a defect elsewhere is what it missed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.references.common.spectral import Chebyshev

Array = NDArray[np.float64]

NODES = 9
"""Chebyshev points between two neighbours."""
RESOLVED = 1e-9
"""The last coefficients of a polynomial that stands for the solution, beside the largest state."""
NOISE = 1e-8
"""A defect that interpolation alone can make: on the library it is below 1e-9."""
SMALLEST = 1e-6
"""A state that is smaller, beside the largest, is judged as if it were this large."""
UNIT = Chebyshev(NODES, 0.0, 1.0)
BETWEEN = (UNIT.nodes[1:] + UNIT.nodes[:-1]) / 2
VALUES = UNIT.interpolation(BETWEEN)
"""(NODES − 1, NODES): states at the nodes → at the points between."""
SLOPES = VALUES @ UNIT.derivative(1)
COEFFICIENTS = np.linalg.inv(np.polynomial.chebyshev.chebvander(2 * UNIT.nodes - 1, NODES - 1))


def nodes(ends: Array) -> Array:
    """The points, ((m − 1)·(NODES − 1) + 1,), at which states are wanted, given the ends (m,) of intervals in rising order."""
    inner = ends[:-1, None] + np.diff(ends)[:, None] * UNIT.nodes[:-1]
    return np.append(inner.ravel(), ends[-1])


def largest(ends: Array, states: Array, rates: Callable[[Array, Array], Array]) -> tuple[float, int]:
    """The sum of what the defects leave over all intervals, relative to the largest state, and the number of points looked at.

    `states`, (n, points), are those at `nodes(ends)`; `rates` gives f at points (m,) for states (n, m).
    """
    count, lengths = len(ends) - 1, np.diff(ends)
    index = np.arange(count)[:, None] * (NODES - 1) + np.arange(NODES)
    pieces = states[:, index]  # (n, intervals, NODES)
    size = float(np.abs(states).max(initial=0.0)) or 1.0
    sizes = np.maximum(np.abs(states).max(axis=1), SMALLEST * size)[:, None]  # (n, 1)
    tails = np.abs(pieces @ COEFFICIENTS.T)[..., -2:].max(axis=2) / sizes
    resolved = (tails <= RESOLVED).all(axis=0)
    if not resolved.any():
        return 0.0, 0
    x = (ends[:-1, None] + lengths[:, None] * BETWEEN)[resolved]  # (intervals, points)
    y = (pieces @ VALUES.T)[:, resolved]
    slopes = (pieces @ SLOPES.T)[:, resolved]  # along [0, 1]
    found = rates(x.ravel(), y.reshape(len(y), -1)).reshape(y.shape) * lengths[resolved][:, None]
    defects = np.abs(slopes - found).mean(axis=2) / sizes
    return float(np.nan_to_num(defects, nan=np.inf).sum(axis=1).max(initial=0.0)), int(x.size)
