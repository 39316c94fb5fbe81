"""A step away from a point at which the equations have no value although their solution has: 2 u_x/x at x = 0, with u_x(0) = 0.

The highest derivatives are polynomials on [x₀, x₀ + h], which meet the equations at Gauss's points, none of which is x₀ (collocation, as in
Hairer, Nørsett and Wanner 1993, section II.7); lower derivatives are their integrals from the values at x₀. Analytic solutions are met
to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Chebyshev, legendre
from numpy.typing import NDArray

from core.errors import RunError
from core.references.ordinary.roots import root_near
from core.references.ordinary.slopes import Slopes
from core.references.ordinary.system import System

Array = NDArray[np.float64]

DEGREE = 14
REACHES = (0.1, 0.03, 0.01, 0.003, 0.001)
"""Lengths of the step, relative to the interval: the first on which the polynomials resolve the solution."""
RESOLVED = 1e-12
"""The size of the last two coefficients, relative to the largest, with which a solution is resolved."""


@dataclass(frozen=True)
class Step:
    """What the solution is from `start` to `end`: one polynomial a state."""

    start: float
    end: float
    polynomials: tuple[Chebyshev, ...]

    def __call__(self, x: Array) -> Array:
        """The states, (n, m), at x (m,)."""
        return np.array([polynomial(x) for polynomial in self.polynomials])


def step_away(slopes: Slopes, start: float, state: Array, end: float, degree: int = DEGREE) -> Step:
    """The first step from the state (n,) at `start` towards `end`; raises `RunError` where there is no smooth solution."""
    for reach in REACHES:
        length = reach * (end - start)
        highest = _collocated(slopes, start, state, length, degree)
        if highest is not None and all(map(_resolved, highest)):
            return Step(start, start + length, tuple(_integrated(slopes.system, state, highest, start)))
    raise RunError("reference-singular", place=f"{slopes.system.coordinate} = {start:g}")


def _collocated(slopes: Slopes, start: float, state: Array, length: float, degree: int) -> list[Chebyshev] | None:
    """The highest derivatives z on [start, start + length]."""
    nodes, _ = legendre.leggauss(degree + 1)
    x = start + length * (1 + nodes) / 2
    domain = sorted((start, start + length))
    cardinal = [Chebyshev.fit(x, row, degree, domain=domain) for row in np.eye(len(x))]
    base, dependence = _states(slopes.system, state, cardinal, x, start)
    shape = (len(slopes.system.highest), len(x))

    def equations(unknowns: Array) -> tuple[Array, Array]:
        z = unknowns.reshape(shape)  # (k, m)
        y = base + np.einsum("nkab,kb->na", dependence, z)
        residuals, mass = slopes.linearised(x, y, z)
        along = np.einsum("aen,nkab->eakb", slopes.stiffness(x, y, z), dependence)
        along[:, np.arange(len(x)), :, np.arange(len(x))] += mass
        return residuals.ravel(), along.reshape(z.size, z.size)

    root = root_near(equations, np.zeros(shape).ravel())
    if root is None or not np.isfinite(root).all():
        return None
    return [Chebyshev.fit(x, row, degree, domain=domain) for row in root.reshape(shape)]


def _states(system: System, state: Array, cardinal: list[Chebyshev], x: Array, start: float) -> tuple[Array, Array]:
    """The states y (n, m) at x where z = 0, and their slopes (n, k, m, m) along z at each node."""
    base = np.array([polynomial(x) for polynomial in _integrated(system, state, [Chebyshev([0.0])] * len(system.highest), start)])
    dependence = np.zeros((system.size, len(system.highest), len(x), len(x)))
    for node, polynomial in enumerate(cardinal):
        rows = _integrated(system, np.zeros(system.size), [polynomial] * len(system.highest), start)
        for number, (row, leaf) in enumerate(zip(rows, system.states, strict=True)):
            dependence[number, system.unknowns.index(leaf.unknown), :, node] = row(x)
    return base, dependence


def _integrated(system: System, state: Array, highest: list[Chebyshev], start: float) -> list[Chebyshev]:
    """The states whose highest derivatives these are, with their values at the start."""
    found: dict[int, Chebyshev] = {}
    for number in reversed(range(system.size)):
        above = system.next[number]
        slope = highest[above - system.size] if above >= system.size else found[above]
        found[number] = slope.integ(1, k=[state[number]], lbnd=start)
    return [found[number] for number in range(system.size)]


def _resolved(polynomial: Chebyshev) -> bool:
    size = np.abs(polynomial.coef)
    return bool(size[-2:].max() <= RESOLVED * max(size.max(), 1.0))
