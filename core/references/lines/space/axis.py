"""One coordinate in space made finite: points at which the equations hold, and what derivatives there are in terms of the values there.

Along a coordinate with ends, an unknown with c conditions is a polynomial through m + c Chebyshev points, while the equations hold at m
points inside: rectangular collocation (Driscoll and Hale 2016, IMA Journal of Numerical Analysis 36: 108). Its values there and the values
of the conditions' functionals determine it, so that no row of the equations is given up for a condition. The m points are the roots of a
Jacobi polynomial, which makes collocation a Galerkin method: with the weight one, ∫(u_t − Lu) p = 0 for all polynomials p of degree m − 1,
and p = Lu shows that a self-adjoint L of even order keeps its real spectrum under any conditions; each condition that one end has more than
the other asks for a factor that vanishes there, as in the methods for odd orders of Huang and Sloan 1992 (SIAM Journal on Numerical
Analysis 29: 1626).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
from numpy.polynomial.chebyshev import Chebyshev as Series
from numpy.typing import NDArray
from scipy.special import roots_jacobi

from core.domain.domain import Interval
from core.errors import InputError
from core.references.common.spectral import Chebyshev, Fourier
from core.references.lines.evolution.end_conditions import EndCondition, Trace

Array = NDArray[np.float64]

LIFTED = 4
"""Degrees that polynomials may have beyond what meets the conditions."""
INVERSE = 1e-6
"""How far the product of a matrix with its inverse may be from one."""


class Axis(ABC):
    """A coordinate in space, made finite: what is known is z, the values of the unknowns at m points and of c functionals."""

    conditions: tuple[EndCondition, ...] = ()

    def __init__(self, interval: Interval, points: Array, unknowns: int) -> None:
        self.interval = interval
        self.points = points
        self.unknowns = unknowns

    @property
    def coupled(self) -> bool:
        """Whether conditions bind unknowns to each other."""
        return any(len({trace.unknown for trace in item.factors}) > 1 for item in self.conditions)

    @abstractmethod
    def row(self, unknown: int, order: int) -> Array:
        """(m, unknowns · m + c): z → a derivative at the points."""

    @abstractmethod
    def output(self, unknown: int, points: Array) -> Array:
        """(len(points), unknowns · m + c): z → the unknown elsewhere."""

    def own(self, unknown: int, order: int) -> Array:
        """(m, m): the part of `row` that the unknown's own values have."""
        return self._own(self.row(unknown, order), unknown)

    def given(self, unknown: int, order: int) -> Array:
        """(m, c): the part of `row` that the conditions have."""
        return self.row(unknown, order)[:, self.unknowns * len(self.points) :]

    def _own(self, matrix: Array, unknown: int) -> Array:
        count = len(self.points)
        return matrix[:, unknown * count : (unknown + 1) * count]

    def _embedded(self, matrix: Array, unknown: int) -> Array:
        wide = np.zeros((len(matrix), self.unknowns * len(self.points)))
        self._own(wide, unknown)[:] = matrix
        return wide


class Periodic(Axis):
    """A coordinate whose ends are one."""

    def __init__(self, interval: Interval, count: int, unknowns: int) -> None:
        self.grid = Fourier(count, interval.low, interval.high)
        super().__init__(interval, self.grid.nodes, unknowns)

    def row(self, unknown: int, order: int) -> Array:
        return self._embedded(self.grid.derivative(order), unknown)

    def output(self, unknown: int, points: Array) -> Array:
        return self._embedded(self.grid.interpolation(points), unknown)


class Pointwise(Axis):
    """A coordinate along which nothing is differentiated: its points are those that are asked for."""

    def row(self, unknown: int, order: int) -> Array:
        return self._embedded(np.eye(len(self.points)), unknown)

    def output(self, unknown: int, points: Array) -> Array:
        if not np.array_equal(points, self.points):
            raise ValueError("only the points themselves can be asked for")
        return self.row(unknown, 0)


class Bounded(Axis):
    """A coordinate with ends; raises `InputError` where its conditions do not determine the polynomials."""

    def __init__(self, interval: Interval, count: int, unknowns: int, conditions: tuple[EndCondition, ...]) -> None:
        super().__init__(interval, _points(interval, count, unknowns, conditions), unknowns)
        self.conditions = conditions
        extra = [sum(item.owner == unknown for item in conditions) for unknown in range(unknowns)]
        self._grids = [Chebyshev(count + more, interval.low, interval.high) for more in extra]
        self._starts = np.cumsum([0, *(grid.n for grid in self._grids)])
        self._down = [grid.interpolation(self.points) for grid in self._grids]
        self._inverse = self._nodes()
        self._rows: dict[tuple[int, int], Array] = {}

    def row(self, unknown: int, order: int) -> Array:
        if (unknown, order) not in self._rows:
            derivative = self._down[unknown] @ self._grids[unknown].derivative(order)
            self._rows[unknown, order] = derivative @ self._of(unknown)
        return self._rows[unknown, order]

    def output(self, unknown: int, points: Array) -> Array:
        matrix: Array = self._grids[unknown].interpolation(points) @ self._of(unknown)
        return matrix

    def lift(self) -> Array:
        """(unknowns · m, c): polynomials of low degree for each condition, at the points, that take one for it and zero for the others."""
        domain = [self.interval.low, self.interval.high]
        extra = [sum(item.owner == unknown for item in self.conditions) for unknown in range(self.unknowns)]
        basis = [
            (unknown, Series.basis(degree, domain=domain), (1.0 + degree) ** -3)
            for unknown, own in enumerate(extra)
            for degree in range(own + LIFTED if own else 0)
        ]
        functionals = np.array(
            [[weight * _functional(item.factors, unknown, series) for unknown, series, weight in basis] for item in self.conditions]
        )
        values = np.zeros((self.unknowns * len(self.points), len(basis)))
        for column, (unknown, series, weight) in enumerate(basis):
            self._own(values.T, unknown)[column] = weight * series(self.points)
        found: Array = values @ np.linalg.pinv(functionals) if basis else np.zeros((len(values), 0))
        return found

    def at_end(self, trace: Trace) -> Array:
        """(unknowns · m + c,): z → a derivative at an end."""
        row: Array = self._grids[trace.unknown].derivative(trace.order)[-trace.end] @ self._of(trace.unknown)
        return row

    def _of(self, unknown: int) -> Array:
        """(n, unknowns · m + c): z → the values at the Chebyshev points."""
        return self._inverse[self._starts[unknown] : self._starts[unknown + 1]]

    def _nodes(self) -> Array:
        """z → the values at all Chebyshev points of all unknowns."""
        size, count = int(self._starts[-1]), len(self.points)
        matrix = np.zeros((size, size))
        for unknown, down in enumerate(self._down):
            matrix[unknown * count : (unknown + 1) * count, self._starts[unknown] : self._starts[unknown + 1]] = down
        for number, item in enumerate(self.conditions, self.unknowns * count):
            matrix[number] = self._functional(item.factors)
        scale = np.abs(matrix).max(axis=1)
        try:
            inverse: Array = np.linalg.inv(matrix / scale[:, None]) / scale
        except np.linalg.LinAlgError:
            raise InputError("reference-ends-dependent", coordinate=self.interval.name) from None
        if not np.abs(matrix @ inverse - np.eye(size)).max() < INVERSE * max(1.0, scale.max()):
            raise InputError("reference-ends-dependent", coordinate=self.interval.name)
        return inverse

    def _functional(self, factors: Mapping[Trace, float]) -> Array:
        row = np.zeros(int(self._starts[-1]))
        for trace, factor in factors.items():
            part = slice(self._starts[trace.unknown], self._starts[trace.unknown + 1])
            row[part] += factor * self._grids[trace.unknown].derivative(trace.order)[-trace.end]
        return row


def _functional(factors: Mapping[Trace, float], unknown: int, series: Series) -> float:
    """What a condition's functional is of a function that one unknown alone is."""
    own = {trace: factor for trace, factor in factors.items() if trace.unknown == unknown}
    ends = series.domain
    return sum(factor * float((series.deriv(trace.order) if trace.order else series)(ends[trace.end])) for trace, factor in own.items())


def _points(interval: Interval, count: int, unknowns: int, conditions: tuple[EndCondition, ...]) -> Array:
    left, right = (
        max(sum(item.owner == unknown and item.end == end for item in conditions) for unknown in range(unknowns)) for end in (0, 1)
    )
    roots, _ = roots_jacobi(count, right - min(left, right), left - min(left, right))
    points: Array = interval.low + (interval.high - interval.low) * (roots + 1) / 2
    return points
