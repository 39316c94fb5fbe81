"""What solutions of Poisson's and like equations are made of at the corners of a rectangle, beside polynomials.

Where conditions on two edges do not go together at their corner (values that jump, as in most textbooks, or −Δu = 1 with u = 0), u has
singular parts there: with z = x + iy from the corner, real and imaginary parts of zᵏ log z, k = 0, 1, 2 … (Grisvard 1985, Elliptic
Problems in Nonsmooth Domains, section 5.1). They are harmonic, so they cost the equation nothing; beside them polynomials converge fast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.expressions import NUMPY, Coordinate, Derivative, Leaf, derivatives_in, evaluate, leaves_in, partial
from core.problem.bound import BoundProblem

Array = NDArray[np.float64]

POWERS = (0, 1, 2, 3)
TINY = 1e-300
"""A stand-in for zero, whose logarithm is none: zᵏ log z is then zero there, and the angle 45 degrees."""


@dataclass(frozen=True)
class Corner:
    """The real or imaginary part of zᵏ log z with z = a (x − x₀) + i b (y − y₀), which solves u_xx/a² + u_yy/b² = 0.

    The signs of `scales` (a, b) put the rectangle into the first quadrant.
    """

    place: tuple[float, float]
    scales: tuple[float, float]
    power: int
    imaginary: bool

    def value(self, orders: tuple[int, ...], points: tuple[Array, ...]) -> Array:
        """The derivative of these orders along x and y on a tensor grid, (m₁, m₂)."""
        (x, y), (a, b) = (where - at for where, at in zip(points, self.place, strict=True)), self.scales
        z = a * x[:, None] + 1j * b * y[None, :]
        z[z == 0] = TINY * (1 + 1j)
        factor = a ** orders[0] * (1j * b) ** orders[1]
        value = factor * _derivative(z, self.power, sum(orders))
        return value.imag if self.imaginary else value.real


def _derivative(z: NDArray[np.complex128], power: int, order: int) -> NDArray[np.complex128]:
    """dʲ(zᵏ log z)/dzʲ = zᵏ⁻ʲ (A log z + B), where A and B follow from the product rule."""
    first, second = 1.0, 0.0
    for step in range(order):
        first, second = (power - step) * first, (power - step) * second + first
    value: NDArray[np.complex128] = z ** (power - order) * (first * np.log(z) + second)
    return value


def corners(problem: BoundProblem) -> tuple[Corner, ...]:
    """The singular parts that the solution may have; none where the equation's highest derivatives are not A u_xx + B u_yy with A B > 0."""
    if len(problem.coordinates) != 2 or len(problem.unknowns) != 1 or len(problem.equations) != 1:
        return ()
    found: list[Corner] = []
    x, y = problem.coordinates
    for at_x, inward_x in ((x.low, 1), (x.high, -1)):
        for at_y, inward_y in ((y.low, 1), (y.high, -1)):
            principal = _principal(problem, (at_x, at_y))
            if principal is None:
                return ()
            scale = max(x.high - x.low, y.high - y.low) * math.sqrt(max(1 / principal[0], 1 / principal[1]))
            scales = (inward_x / math.sqrt(principal[0]) / scale, inward_y / math.sqrt(principal[1]) / scale)
            found += [Corner((at_x, at_y), scales, power, True) for power in POWERS]
            found += [Corner((at_x, at_y), scales, power, False) for power in POWERS if power]  # log |z| alone is unbounded
    return tuple(found)


def _principal(problem: BoundProblem, place: tuple[float, float]) -> tuple[float, float] | None:
    """A and B at a place, made positive; None where they are not of one sign, or depend on the unknown."""
    (tree,), (unknown,), (x, y) = problem.equations, problem.unknowns, (item.name for item in problem.coordinates)
    highest = {leaf for leaf in derivatives_in(tree) if len(leaf.by) > 1}
    wanted = (Derivative(unknown, 2 * x), Derivative(unknown, 2 * y))
    slopes = [partial(tree, leaf) for leaf in wanted]
    if highest != set(wanted) or any(not isinstance(leaf, Coordinate) for slope in slopes for leaf in leaves_in(slope)):
        return None
    values: dict[Leaf, Array] = {Coordinate(name): np.array(value) for name, value in zip((x, y), place, strict=True)}
    with np.errstate(all="ignore"):
        first, second = (float(evaluate(slope, values.__getitem__, NUMPY)) for slope in slopes)
    return (abs(first), abs(second)) if math.isfinite(first * second) and first * second > 0 else None
