"""Linear equations with a nonlinear condition: as many solutions as a polynomial has real roots, or none."""

from __future__ import annotations

import numpy as np

from benchmarks.tribunal.case import Case, Fate, several
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """A rod whose end radiates or reacts, or a decay from the square of a value."""
    return draws.choice((_quadratic, _cubic, _start))(draws)


def _quadratic(draws: Draws) -> Case:
    """u'' = f, u(0) = a, u'(1) = m·(u(1)² − c)."""
    f, a, m, c = draws.choice((0.0, draws.real(-2, 2))), draws.real(-1, 1), draws.scale(0.3, 2), draws.real(-1, 3)
    table = draws.table(
        {"m": m},
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        equations=[f"u_xx = {text(f)}"],
        conditions=[f"u(0) = {text(a)}", f"u_x(1) = m*(u(1)^2 - {text(c)})"],
    )
    # With u = a + s·x + f·x²/2: s + f = m·((b + s)² − c) where b = a + f/2.
    b = a + f / 2
    return _by_slopes(table, a, f, np.array([m, 2 * m * b - 1, m * (b**2 - c) - f]))


def _cubic(draws: Draws) -> Case:
    """u'' = f, u(0) = a, u'(1) = m·(u(1)³ − c·u(1)), three solutions or one."""
    f, a, m, c = draws.choice((0.0, draws.real(-1, 1))), draws.real(-1, 1), draws.scale(0.3, 2), draws.real(-1, 4)
    table = draws.table(
        {"m": m},
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        equations=[f"u_xx = {text(f)}"],
        conditions=[f"u(0) = {text(a)}", f"u_x(1) = m*(u(1)^3 - {text(c)}*u(1))"],
    )
    b = a + f / 2
    return _by_slopes(table, a, f, np.array([m, 3 * m * b, 3 * m * b**2 - m * c - 1, m * (b**3 - c * b) - f]))


def _by_slopes(table: dict[str, object], a: float, f: float, polynomial: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Case:
    """u = a + s·x + f·x²/2 for each real root s."""
    roots = np.roots(polynomial)
    real = [float(root.real) for root in roots if abs(root.imag) < 1e-9 * (1 + abs(root))]
    if not real:
        return Case(table, Fate.NONE)
    return Case(table, several(*(lambda x, s=s: a + s * x + f * x**2 / 2 for s in real)))


def _start(draws: Draws) -> Case:
    """u' = −r·u + f, u(0)² = c: from either root."""
    rate, f, root = draws.real(0.3, 3), draws.choice((0.0, draws.real(0.3, 2))), draws.real(0.5, 2)
    square = rounded(root**2)
    table = draws.table(
        {"r": rate},
        coordinates={"t": [0, 2]},
        unknowns=["u"],
        equations=[f"u_t = -r*u + {text(f)}"],
        conditions=[f"u(0)^2 = {text(square)}"],
    )
    return Case(
        table, several(*(lambda t, side=side: f / rate + (side * np.sqrt(square) - f / rate) * np.exp(-rate * t) for side in (1, -1)))
    )
