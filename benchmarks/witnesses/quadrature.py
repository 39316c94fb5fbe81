"""Integrals along an axis by Gauss-Legendre points between all its points and the places where the integrand bends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(12)


def running(integrand: Callable[[Array], Array], axis: Array, breaks: Sequence[float] = (), cells: int = 400) -> Array:
    """∫ of the integrand from the first point of the growing axis to each, (points,); `breaks` are where it bends or jumps."""
    inner = [place for place in breaks if axis[0] < place < axis[-1]]
    nodes = np.unique(np.concatenate([axis, inner, np.linspace(axis[0], axis[-1], cells + 1)]))
    half = np.diff(nodes) / 2
    places = nodes[:-1, None] + half[:, None] * (1 + POINTS)  # (cells, 12)
    sums = np.cumsum(half * (integrand(places) @ WEIGHTS))
    return np.concatenate([[0.0], sums])[np.searchsorted(nodes, axis)]
