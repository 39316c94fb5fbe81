"""Integrals of functions of one coordinate that are smooth but for known places."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

Array = NDArray[np.float64]

DEGREE = 15
HALVINGS = 40
"""A panel is halved so often at most."""
RESOLVED = 1e-14
"""The last coefficients of a panel, relative to the largest value anywhere."""
NOISE = 1e-9
"""Last coefficients that may be what rounding leaves of a steep function, likewise."""
MOST = 4_000
"""Panels."""
NODES = np.polynomial.legendre.leggauss(DEGREE + 1)[0]
FIT = np.linalg.inv(chebyshev.chebvander(NODES, DEGREE))
"""Values at Gauss's points, none of which is an end → coefficients of the polynomial through them."""


class Integral:
    """∫ f from the first of `ends`, the places between which f is smooth; by polynomials on panels that adapt themselves.

    `error` is an estimate of the integral's largest error.
    """

    def __init__(self, function: Callable[[Array], Array], ends: Sequence[float]) -> None:
        panels = [(float(low), float(high), np.inf) for low, high in itertools.pairwise(ends)]
        found: list[tuple[float, float, Array]] = []
        self.error = 0.0
        largest = max(float(np.abs(function(low + (high - low) * (NODES + 1) / 2)).max()) for low, high, _ in panels)
        least = (ends[-1] - ends[0]) / 2.0**HALVINGS
        while panels:
            low, high, before = panels.pop()
            values = function(low + (high - low) * (NODES + 1) / 2)
            coefficients = FIT @ values
            largest = max(largest, float(np.abs(values).max()))
            tail = float(np.abs(coefficients[-2:]).max())
            noise = NOISE * largest > tail > before / 4  # half as long, a smooth function's last coefficients would be 2^15 times smaller
            if tail > RESOLVED * largest and not noise and high - low > least and len(found) + len(panels) < MOST:
                middle = (low + high) / 2
                panels += [(middle, high, tail), (low, middle, tail)]
                continue
            self.error += tail * (high - low)
            found.append((low, high, chebyshev.chebint(coefficients, lbnd=-1) * (high - low) / 2))
        found.sort(key=lambda panel: panel[0])
        self._lows = np.array([low for low, _, _ in found])
        self._highs = np.array([high for _, high, _ in found])
        self._series = np.array([series for _, _, series in found])  # (panels, DEGREE + 2)
        self._before = np.concatenate([[0.0], np.cumsum(self._series.sum(axis=1))])

    def __call__(self, x: Array) -> Array:
        """The integral up to places between the first and the last end."""
        number = np.clip(np.searchsorted(self._lows, x, side="right") - 1, 0, len(self._lows) - 1)
        local = 2 * (x - self._lows[number]) / (self._highs[number] - self._lows[number]) - 1
        values: Array = self._before[number] + (chebyshev.chebvander(local, DEGREE + 1) * self._series[number]).sum(axis=-1)
        return values
