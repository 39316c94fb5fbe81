"""A boundary-value problem as one system on [0, 1] with conditions at its two ends.

Points within the interval at which a condition lies split it into pieces, whose states become states side by side that continue one another
(Ascher, Mattheij and Russell 1995, section 11.4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.references.common.clock import Clock
from core.references.ordinary.pointwise import Conditions

Array = NDArray[np.float64]


class Pieces:
    """The states of `count` pieces, n each; `breaks` are the pieces' ends.

    `factor` scales the highest derivatives: at 1 the equations are the problem's own, at 0 their solutions are polynomials.
    """

    def __init__(self, conditions: Conditions, low: float, high: float, clock: Clock) -> None:
        self.conditions, self.slopes, self.clock = conditions, conditions.slopes, clock
        self.breaks = np.array([low, *(place for place in conditions.places if low < place < high), high])
        self.count = len(self.breaks) - 1
        self.size = self.slopes.system.size
        self._highest = np.array(self.slopes.system.next) >= self.size  # (n,): which slopes are highest derivatives
        self._found = [int(np.flatnonzero(self.breaks == place)[0]) for place in conditions.places]

    def points(self, mesh: Array) -> Array:
        """Where points (m,) of [0, 1] lie in each piece, (count, m)."""
        return self.breaks[:-1, None] + np.diff(self.breaks)[:, None] * mesh

    def split(self, states: Array) -> Array:
        """States (count * n, …) piece by piece, (count, n, …)."""
        return states.reshape(self.count, self.size, *states.shape[1:])

    def rates(self, mesh: Array, states: Array, factor: float) -> Array:
        """The slopes along [0, 1], (count * n, m)."""
        self.clock.check()
        scales = np.where(self._highest, factor, 1.0)[:, None]
        pieces = zip(self.points(mesh), self.split(states), np.diff(self.breaks), strict=True)
        return np.concatenate([length * scales * self.slopes.many(x, y) for x, y, length in pieces])

    def jacobian(self, mesh: Array, states: Array, factor: float) -> Array:
        """The slopes of the equations along the states, (count * n, count * n, m)."""
        scales = np.where(self._highest, factor, 1.0)[:, None, None]
        result = np.zeros((self.count, self.size, self.count, self.size, len(mesh)))
        for number, (x, y) in enumerate(zip(self.points(mesh), self.split(states), strict=True)):
            result[number, :, number] = (self.breaks[number + 1] - self.breaks[number]) * scales * self.slopes.jacobian(x, y)
        return result.reshape(len(states), len(states), len(mesh))

    def residuals(self, left: Array, right: Array) -> Array:
        """The residuals of the conditions, and of the pieces' continuity, (count * n,), given the states at 0 and at 1."""
        left, right = self.split(left), self.split(right)
        values, _ = self.conditions(self._at_places(left, right))
        return np.concatenate([values, (right[:-1] - left[1:]).ravel()])

    def residual_slopes(self, left: Array, right: Array) -> tuple[Array, Array]:
        """The slopes of the residuals along the states at 0 and at 1, (count * n, count * n) each."""
        _, slopes = self.conditions(self._at_places(self.split(left), self.split(right)))
        along = np.zeros((2, len(left), self.count, self.size))
        for place, number in enumerate(self._found):
            side, piece = self._end(number)
            along[side, : self.size, piece] += slopes[:, place]
        for piece in range(self.count - 1):
            rows = slice((piece + 1) * self.size, (piece + 2) * self.size)
            along[1, rows, piece] = np.eye(self.size)
            along[0, rows, piece + 1] = -np.eye(self.size)
        return along[0].reshape(len(left), -1), along[1].reshape(len(left), -1)

    def _end(self, number: int) -> tuple[int, int]:
        """A break as an end (0 or 1) of a piece."""
        return (0, number) if number < self.count else (1, number - 1)

    def _at_places(self, left: Array, right: Array) -> Array:
        """The states where the conditions lie, (places, n)."""
        return np.array([(left, right)[side][piece] for side, piece in map(self._end, self._found)])
