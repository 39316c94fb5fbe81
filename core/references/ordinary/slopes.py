"""The right-hand side y' = f(x, y) of a first-order system, at one point as fast as Python allows, or at many points at once.

Where the residuals F are affine in the highest derivatives z, as nearly always, z solves M z = −F(x, y, 0) with M = ∂F/∂z; elsewhere
Newton's method finds it. The slopes of f follow from the implicit function theorem, ∂z/∂y = −M⁻¹ ∂F/∂y.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.expressions import FLOATS, NUMPY, Vector
from core.references.ordinary.roots import root_near, roots
from core.references.ordinary.system import System

Array = NDArray[np.float64]

ITERATIONS = 50
TOLERANCE = 1e-13


class Slopes:
    """f and its slopes; NaN or infinite where the equations have no value or do not determine z."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._next = list(system.next)
        self._zeros = [0.0] * len(system.highest)
        self._guess = self._chosen = np.zeros(len(system.highest))  # where Newton's method starts: z of the point before
        mass = list(chain.from_iterable(system.mass))
        if system.diagonal is not None:
            rows = [(system.residuals[row], system.mass[row][column]) for column, row in enumerate(system.diagonal)]
            self._quotients = Vector(list(chain.from_iterable(rows)), system.leaves, FLOATS)
        self._floats = Vector([*system.residuals, *mass], system.leaves, FLOATS)
        self._arrays = Vector([*system.residuals, *mass], system.leaves, NUMPY)
        self._stiffness = Vector(list(chain.from_iterable(system.stiffness)), system.leaves, NUMPY)

    def __call__(self, x: float, y: Array) -> Array:
        """f at one point: (n,) → (n,)."""
        states = y.tolist()
        try:
            values = [*states, *self._highest(float(x), states)]
            return np.array([values[place] for place in self._next], dtype=np.float64)
        except (ArithmeticError, ValueError, TypeError):  # 1/0, log(-1), and (-1)^0.5, which Python takes for complex
            return np.full(len(states), np.nan)

    def _highest(self, x: float, states: list[float]) -> Sequence[float]:
        """z at one point."""
        if self.system.diagonal is not None:
            parts = iter(self._quotients([x, *states, *self._zeros]))
            return [-residual / factor for residual, factor in zip(parts, parts, strict=True)]
        if self.system.affine:
            residuals, mass = self._linearised(x, states, self._zeros)
            return np.linalg.solve(mass, -residuals).tolist()  # type: ignore[no-any-return]
        root = root_near(lambda z: self._linearised(x, states, z.tolist()), self._guess)
        if root is None:
            raise ArithmeticError
        self._guess = root
        return root.tolist()  # type: ignore[no-any-return]

    def _linearised(self, x: float, states: list[float], highest: list[float]) -> tuple[Array, Array]:
        """F, (k,), and M, (k, k), at one point."""
        count = len(highest)
        values = np.array(self._floats([x, *states, *highest]), dtype=np.float64)
        return values[:count], values[count:].reshape(count, count)

    def roots(self, x: float, y: Array) -> list[Array]:
        """The values of z, (k,), at one point; where z is an affine affair it is one that needs no search.

        Raises `InputError` where there are none.
        """
        if self.system.affine:
            return [self._guess]
        found = roots(lambda z: self._safe(x, y, z), len(self._zeros))
        if not found:
            raise InputError("reference-no-slope", place=f"{self.system.coordinate} = {x:g}")
        return found

    def choose(self, root: Array) -> None:
        """Begin with this value of z, (k,), where there are several."""
        self._chosen = self._guess = root

    def begin(self, before: Slopes | None = None) -> None:
        """Begin with the value of z that was chosen, as solutions are followed anew from their start, or where `before` ended."""
        self._guess = self._chosen if before is None else before._guess

    def choose_root(self, x: float, y: Array) -> None:
        """Choose the value of z at one point where z is no affine affair; raises `InputError` where there are several, or none."""
        found = self.roots(x, y)
        if len(found) != 1:
            raise InputError("reference-ambiguous", place=f"{self.system.coordinate} = {x:g}")
        self.choose(found[0])

    def _safe(self, x: float, y: Array, z: Array) -> tuple[Array, Array]:
        try:
            return self._linearised(x, y.tolist(), z.tolist())
        except (ArithmeticError, ValueError, TypeError):
            return np.full(len(z), np.nan), np.eye(len(z))

    # Many points at once: x (m,), y (n, m).

    def many(self, x: Array, y: Array) -> Array:
        """f at many points, (n, m)."""
        values: Array = np.concatenate([y, self.highest(x, y)])[self._next]
        return values

    def highest(self, x: Array, y: Array) -> Array:
        """z at many points, (k, m)."""
        z = np.zeros((len(self._zeros), len(x))) + (0 if self.system.affine else self._guess[:, None])
        if self.system.affine:
            return z + self._step(x, y, z)
        for _ in range(ITERATIONS):
            step = self._step(x, y, z)
            z = z + step
            if not (np.abs(step) > TOLERANCE * (1 + np.abs(z))).any():
                return z
        return np.where(np.abs(step) > TOLERANCE * (1 + np.abs(z)), np.nan, z)

    def _step(self, x: Array, y: Array, z: Array) -> Array:
        """Newton's step in z, (k, m)."""
        residuals, mass = self.linearised(x, y, z)
        return -_solve(mass, residuals.T[:, :, None])[:, :, 0].T

    def linearised(self, x: Array, y: Array, z: Array) -> tuple[Array, Array]:
        """F, (k, m), and M, (m, k, k)."""
        count, points = z.shape
        values = _table(self._arrays([x, *y, *z]), points)
        return values[:count], values[count:].reshape(count, count, points).transpose(2, 0, 1)

    def stiffness(self, x: Array, y: Array, z: Array) -> Array:
        """∂F/∂y, (m, k, n)."""
        points = len(x)
        return _table(self._stiffness([x, *y, *z]), points).reshape(len(z), len(y), points).transpose(2, 0, 1)

    def highest_slopes(self, x: Array, y: Array) -> Array:
        """∂z/∂y, (k, n, m)."""
        z = self.highest(x, y)
        _, mass = self.linearised(x, y, z)
        slopes: Array = -_solve(mass, self.stiffness(x, y, z)).transpose(1, 2, 0)
        return slopes

    def jacobian(self, x: Array, y: Array) -> Array:
        """∂f/∂y, (n, n, m)."""
        states, points = y.shape
        identity = np.broadcast_to(np.eye(states)[:, :, None], (states, states, points))
        slopes: Array = np.concatenate([identity, self.highest_slopes(x, y)])[self._next]
        return slopes

    def solution(self, x: Array, y: Array) -> Array:
        """The unknowns at many points, (m, unknowns)."""
        table = np.concatenate([y, self.highest(x, y)]) if 0 in self.system.orders else y
        leaves = (*self.system.states, *self.system.highest)[: len(table)]
        rows = [next(number for number, leaf in enumerate(leaves) if leaf.unknown == unknown) for unknown in self.system.unknowns]
        return table[rows].T


def _table(values: list[float | Array], points: int) -> Array:
    """One row a value; constants fill theirs."""
    table = np.empty((len(values), points))
    for row, value in zip(table, values, strict=True):
        row[:] = value
    return table


def _solve(mass: Array, right: Array) -> Array:
    """mass⁻¹ right at each point; NaN where mass is singular."""
    if mass.shape[-1] == 1:
        quotient: Array = right / mass
        return quotient
    singular = ~(np.abs(np.linalg.det(mass)) > 0)
    regular = np.where(singular[:, None, None], np.eye(mass.shape[-1]), mass)
    result = np.asarray(np.linalg.solve(regular, right), dtype=np.float64)
    result[singular] = np.nan
    return result
