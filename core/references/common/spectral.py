"""Spectral grids of one coordinate: nodes, differentiation matrices and interpolation matrices.

A smooth function's error falls faster than any power of 1/n: on Chebyshev points for an interval with conditions at its ends, on
equidistant ones for a periodic interval (Trefethen 2000, Spectral Methods in MATLAB).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Interval

Array = NDArray[np.float64]

COINCIDENT = 4e-16
"""Half a turn's sine below which a point is taken for the node itself: what rounding leaves of π."""


@dataclass(frozen=True)
class Chebyshev:
    """Functions on [low, high] as the polynomials through their values at n ≥ 2 Chebyshev points: ascending, both ends among them."""

    n: int
    low: float
    high: float

    @property
    def nodes(self) -> Array:
        """(n,); the ends are exactly `low` and `high`."""
        nodes: Array = self.low + (self.high - self.low) * (_chebyshev_points(self.n) + 1) / 2
        nodes[-1] = self.high
        return nodes

    def derivative(self, order: int) -> Array:
        """(n, n): values at the nodes → the values there of the derivative of that order; order 0 is the identity."""
        return _chebyshev_derivative(self.n, order) * float(2 / (self.high - self.low)) ** order

    def interpolation(self, points: Array) -> Array:
        """(m, n): values at the nodes → values at m points of [low, high], by the barycentric formula (Berrut and Trefethen 2004)."""
        x = (2 * points - (self.low + self.high)) / (self.high - self.low)
        differences = x[:, None] - _chebyshev_points(self.n)  # (m, n)
        return _barycentric(differences, differences == 0, _chebyshev_weights(self.n))


@dataclass(frozen=True)
class Fourier:
    """Periodic functions as the trigonometric polynomials through their values at n ≥ 2 equidistant points; `high` is `low` again."""

    n: int
    low: float
    high: float

    @property
    def nodes(self) -> Array:
        """(n,), from `low` on; `high` is left out."""
        nodes: Array = self.low + (self.high - self.low) * np.arange(self.n) / self.n
        return nodes

    @property
    def wavenumbers(self) -> Array:
        """(n // 2 + 1,): the k of exp(ikx) in the order of `numpy.fft.rfft`, so that its period fits the interval."""
        wavenumbers: Array = 2 * np.pi / (self.high - self.low) * np.arange(self.n // 2 + 1.0)
        return wavenumbers

    def symbol(self, order: int) -> NDArray[np.complex128]:
        """(n // 2 + 1,): (ik)^order, what a derivative is to the modes of `numpy.fft.rfft`.

        The highest mode of an even n is a cosine whose odd derivatives vanish at the nodes, so their symbol is zero there (Trefethen 2000,
        chapter 3).
        """
        symbol: NDArray[np.complex128] = self.wavenumbers**order * np.array([1, 1j, -1, -1j])[order % 4]
        if self.n % 2 == 0 and order % 2:
            symbol[-1] = 0
        return symbol

    def derivative(self, order: int) -> Array:
        """(n, n): values at the nodes → the values there of the derivative of that order; order 0 is the identity."""
        column = np.fft.irfft(self.symbol(order), self.n)
        index = np.arange(self.n)
        matrix: Array = column[(index[:, None] - index) % self.n]  # a circulant
        return matrix

    def interpolation(self, points: Array) -> Array:
        """(m, n): values at the nodes → values at m points, those outside [low, high) wrapped round, by the barycentric formula.

        Henrici 1979, Numerische Mathematik 33: 225; for an even n the highest mode is the cosine that the nodes see.
        """
        turns = np.pi * (points[:, None] - self.nodes) / (self.high - self.low)  # (m, n), half a turn the period
        sines = np.sin(turns)
        divisors = sines if self.n % 2 else np.tan(turns)
        return _barycentric(divisors, np.abs(sines) < COINCIDENT, _alternating(self.n))


def even(item: Interval, place: float, count: int) -> float:
    """The distance of so many equidistant points of an interval."""
    return (item.high - item.low) / count


def denser_at_ends(item: Interval, place: float, count: int) -> float:
    """The largest distance of so many Chebyshev points of an interval near a place of it."""
    inside = max(place - item.low, 0.0) * max(item.high - place, 0.0)
    return float(np.pi / count * np.sqrt(inside) + (np.pi / count) ** 2 * (item.high - item.low) / 4)


def _barycentric(divisors: Array, hits: NDArray[np.bool_], weights: Array) -> Array:
    """weights/divisors, each row divided by its sum; a row that hits a node is that node's unit vector."""
    terms = weights / np.where(hits, 1.0, divisors)
    terms[hits.any(axis=1)] = 0.0
    terms[hits] = 1.0
    quotient: Array = terms / terms.sum(axis=1, keepdims=True)
    return quotient


def _chebyshev_points(n: int) -> Array:
    """−cos(jπ/(n−1)) as a sine: symmetric to the last bit (Weideman and Reddy 2000, section 3.2)."""
    points: Array = np.sin(np.pi * np.arange(1 - n, n, 2) / (2 * (n - 1)))
    return points


def _alternating(n: int) -> Array:
    return 1.0 - 2.0 * (np.arange(float(n)) % 2)


def _chebyshev_weights(n: int) -> Array:
    weights = _alternating(n)
    weights[[0, -1]] /= 2
    return weights


@lru_cache(maxsize=64)
def _chebyshev_derivative(n: int, order: int) -> Array:
    """The matrix on [−1, 1], by the recursion of Weideman and Reddy 2000 (ACM Transactions on Mathematical Software 26: 465).

    Differences of nodes by the sine of half angles, the lower half of them by symmetry, and the diagonal as minus the sum of its row, which
    makes the derivative of a constant exactly zero (Baltensperger and Trummer 2003): what rounding leaves stays near n^(2 order) · 1e−16.
    """
    if order == 0:
        return np.eye(n)
    angles = np.pi * np.arange(n)[::-1] / (n - 1)  # of the points, their cosines
    half = (angles[:, None] + angles) / 2
    differences = 2 * np.sin(half) * np.sin((angles - angles[:, None]) / 2)  # x_i − x_j
    upper = np.arange(n)[:, None] < (n + 1) // 2
    differences = np.where(upper, differences, -differences[::-1, ::-1])
    np.fill_diagonal(differences, 1.0)
    weights = _chebyshev_weights(n)
    ratios = weights / weights[:, None]
    matrix = np.eye(n)
    for step in range(1, order + 1):
        matrix = step / differences * (ratios * np.diag(matrix)[:, None] - matrix)
        np.fill_diagonal(matrix, 0.0)
        np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return matrix
