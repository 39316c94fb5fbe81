"""Smooth functions of one coordinate as sums of modes: the modes and their derivatives at any points.

Coefficients, not values at nodes, are the unknowns of `collocation`: every entry of its matrix is then right to the last bits, and scaling
the columns takes away what differentiation does to the high modes. Differentiation matrices on nodes lose n^(2 order) · 1e−16 instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Chebyshev:
    """The polynomials T₀ … Tₙ₋₁ on [low, high]."""

    n: int
    low: float
    high: float

    @property
    def frequency(self) -> float:
        """What the derivative of the highest mode is, beside the mode, away from the ends."""
        return self.n * 2 / (self.high - self.low)

    def resized(self, n: int) -> Chebyshev:
        return Chebyshev(n, self.low, self.high)

    def degrees(self) -> Array:
        """(n,): of each mode, relative to the highest."""
        return np.arange(float(self.n)) / max(1, self.n - 1)

    def parities(self) -> Array:
        """(n,): 1 for even modes, −1 for odd ones."""
        return 1.0 - 2.0 * (np.arange(float(self.n)) % 2)

    def points(self) -> Array:
        """(n,): the zeros of Tₙ, none at the ends; sums over them are Gauss quadrature."""
        zeros = np.sin(np.pi * np.arange(1 - self.n, self.n, 2) / (2 * self.n))
        return (self.low + self.high + (self.high - self.low) * zeros) / 2

    def values(self, points: Array, order: int) -> Array:
        """(m, n): the derivative of each mode at each point."""
        x = (2 * points - (self.low + self.high)) / (self.high - self.low)
        return _chebyshev(tuple(x.tolist()), self.n, order) * (2 / (self.high - self.low)) ** order


@dataclass(frozen=True)
class Fourier:
    """1, cos ωx, sin ωx, cos 2ωx, … on [low, high], of which the interval is a period; `n` is odd."""

    n: int
    low: float
    high: float

    @property
    def harmonics(self) -> Array:
        """(n,): 0, 1, 1, 2, 2, …"""
        return np.array([float((mode + 1) // 2) for mode in range(self.n)])

    @property
    def frequency(self) -> float:
        """What the derivative of the highest mode is, beside the mode."""
        return math.pi * self.n / (self.high - self.low)

    def resized(self, n: int) -> Fourier:
        return Fourier(n | 1, self.low, self.high)

    def degrees(self) -> Array:
        """(n,): of each mode, relative to the highest."""
        return self.harmonics / max(1, self.n // 2)

    def parities(self) -> Array:
        """(n,): 1 for even modes, −1 for odd ones; turned round, the interval begins with its end, which is its beginning."""
        return np.where((np.arange(self.n) % 2 == 0) & (np.arange(self.n) > 0), -1.0, 1.0)

    def points(self) -> Array:
        """(n,): equidistant, none at the ends."""
        return self.low + (self.high - self.low) * (np.arange(self.n) + 0.5) / self.n

    def values(self, points: Array, order: int) -> Array:
        """(m, n): the derivative of each mode at each point."""
        shifts = np.where(np.arange(self.n) % 2, 0.0, -math.pi / 2)  # a sine is a cosine a quarter turn later
        shifts[0] = 0.0
        omega = 2 * math.pi / (self.high - self.low)
        phases = omega * (points[:, None] - self.low) * self.harmonics + shifts + order * math.pi / 2
        return np.asarray((omega * self.harmonics) ** order * np.cos(phases), dtype=np.float64)


Modes = Chebyshev | Fourier


@lru_cache(maxsize=128)
def _chebyshev(x: tuple[float, ...], n: int, order: int) -> Array:
    """dʲTₖ/dxʲ = 2ʲ⁻¹ (j − 1)! k C⁽ʲ⁾ₖ₋ⱼ, (m, n), by the recurrence of the Gegenbauer polynomials (DLMF 18.9.1 and 18.9.19)."""
    points = np.array(x)
    if order == 0:
        cosines: Array = np.cos(np.arange(n) * np.arccos(np.clip(points, -1, 1))[:, None])
        return cosines
    gegenbauer = np.zeros((n + 2, len(points)))  # a row a degree, two rows of zeros before degree 0
    gegenbauer[2] = 1.0
    for degree in range(1, n - order):
        gegenbauer[degree + 2] = (
            2 * (degree + order - 1) * points * gegenbauer[degree + 1] - (degree + 2 * order - 2) * gegenbauer[degree]
        ) / degree
    values = np.zeros((len(points), n))
    values[:, order:] = gegenbauer[2 : n - order + 2].T * np.arange(order, n)
    return values * (2.0 ** (order - 1) * math.factorial(order - 1))
