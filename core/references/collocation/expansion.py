"""Unknowns on a box as sums of products of modes, one mode a coordinate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.expressions import Derivative
from core.references.collocation.corners import Corner
from core.references.collocation.modes import Modes

Array = NDArray[np.float64]
Points = tuple[Array, ...]
"""A tensor grid: the points along each coordinate, (mᵢ,) each."""


@dataclass(frozen=True)
class Expansion:
    """Sums of modes: `letters` and `modes` have an entry a coordinate; coefficients are one row, unknown after unknown.

    Of all products those are taken whose degrees (d₁, d₂, …), relative to the largest, lie in the unit ball: these resolve every direction
    alike, and in three coordinates they are half of all (Trefethen 2017, Proceedings of the AMS 145: 4837). The functions of `corners` join
    them, in two coordinates.
    """

    unknowns: tuple[str, ...]
    letters: tuple[str, ...]
    modes: tuple[Modes, ...]
    corners: tuple[Corner, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(modes.n for modes in self.modes)

    @cached_property
    def products(self) -> NDArray[np.intp]:
        """(coordinates, each): which mode of each coordinate is in each product, the constant first."""
        degrees = np.stack(np.meshgrid(*[modes.degrees() for modes in self.modes], indexing="ij"))
        return np.stack(np.nonzero((degrees**2).sum(axis=0) <= 1 + 1e-9))

    @property
    def each(self) -> int:
        """Coefficients of one unknown."""
        return int(self.products.shape[1]) + len(self.corners)

    @property
    def size(self) -> int:
        """Coefficients in all."""
        return len(self.unknowns) * self.each

    def interior(self) -> Points:
        """The points inside, as many as modes along each coordinate, none on the edges."""
        return tuple(modes.points() for modes in self.modes)

    def resized(self, shape: Sequence[int]) -> Expansion:
        return replace(self, modes=tuple(modes.resized(n) for modes, n in zip(self.modes, shape, strict=True)))

    def place(self, unknown: str) -> slice:
        """Where the unknown's coefficients are in the row of all."""
        start = self.unknowns.index(unknown) * self.each
        return slice(start, start + self.each)

    def value(self, coefficients: Array, derivative: Derivative, points: Points) -> Array:
        """The unknown or derivative on a tensor grid, (*lengths of points)."""
        own = coefficients[self.place(derivative.unknown)]
        value = self._tensor(own)
        for factor in self._factors(derivative, points):
            value = np.tensordot(value, factor, axes=(0, 1))  # the coordinate's axis goes last: after all of them the order is the old one
        for corner, coefficient in zip(self.corners, own[self.products.shape[1] :], strict=True):
            value += coefficient * corner.value(self._orders(derivative), points)
        return value

    def columns(self, derivative: Derivative, points: Points) -> Array:
        """The derivative of each product and corner at each point, (each, points): a column of the system's matrix is contiguous."""
        columns = np.ones((self.products.shape[1], 1))
        for factor, chosen in zip(self._factors(derivative, points), self.products, strict=True):
            columns = (columns[:, :, None] * factor.T[chosen][:, None, :]).reshape(len(columns), -1)
        singular = [corner.value(self._orders(derivative), points).ravel() for corner in self.corners]
        return np.concatenate([columns, singular]) if singular else columns

    def growth(self, derivative: Derivative) -> float:
        """The factor by which the derivative makes the finest modes larger."""
        growths = dict(zip(self.letters, (modes.frequency for modes in self.modes), strict=True))
        return math.prod(growths[letter] for letter in derivative.by)

    def padded(self, coefficients: Array, other: Expansion) -> Array:
        """The coefficients of the functions in another expansion: in a coarser one, what is left of them."""
        common = tuple(slice(min(pair)) for pair in zip(self.shape, other.shape, strict=True))
        rows = np.zeros((len(self.unknowns), other.each))
        for row, unknown in zip(rows, self.unknowns, strict=True):
            own = coefficients[self.place(unknown)]
            tensor = np.zeros(other.shape)
            tensor[common] = self._tensor(own)[common]
            row[: other.products.shape[1]] = tensor[tuple(other.products)]
            row[other.each - len(self.corners) :] = own[self.each - len(self.corners) :]
        return rows.ravel()

    def fitted(self, values: Array) -> Array:
        """One unknown's coefficients, (each,), without corners, from its values at the interior points, (*shape)."""
        for modes, where in zip(self.modes, self.interior(), strict=True):
            values = np.tensordot(values, np.linalg.pinv(modes.values(where, 0)), axes=(0, 1))
        return np.concatenate([values[tuple(self.products)], np.zeros(len(self.corners))])

    def sizes(self, coefficients: Array) -> Array:
        """The root mean square of each unknown over the interior points, (unknowns,)."""
        values = [self.value(coefficients, Derivative(unknown), self.interior()) for unknown in self.unknowns]
        return np.array([math.sqrt(np.mean(value**2)) for value in values])

    def tails(self, coefficients: Array) -> tuple[float, ...]:
        """How large the finest quarter of each coordinate's modes is beside all modes, the largest over the unknowns."""
        tails = np.zeros(len(self.shape))
        for unknown in self.unknowns:
            tensor = np.abs(self._tensor(coefficients[self.place(unknown)]))
            largest = tensor.max() or 1.0
            for axis, n in enumerate(self.shape):
                tails[axis] = max(tails[axis], np.take(tensor, range(3 * n // 4, n), axis=axis).max() / largest)
        return tuple(tails.tolist())

    def _tensor(self, coefficients: Array) -> Array:
        """One unknown's coefficients, (each,), as (*shape); those of corners are left out."""
        tensor = np.zeros(self.shape)
        tensor[tuple(self.products)] = coefficients[: self.products.shape[1]]
        return tensor

    def _orders(self, derivative: Derivative) -> tuple[int, ...]:
        return tuple(derivative.by.count(letter) for letter in self.letters)

    def _factors(self, derivative: Derivative, points: Points) -> list[Array]:
        return [
            modes.values(where, derivative.by.count(letter)) for modes, letter, where in zip(self.modes, self.letters, points, strict=True)
        ]
