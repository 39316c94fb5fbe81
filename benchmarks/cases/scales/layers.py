"""Boundary and inner layers: a small number in front of the highest derivative, down to 1e-4 (O'Malley 1991)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import erf

from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws

Law = tuple[str, tuple[str, ...], tuple[float, float], Callable[[Array, float], Array]]
LAWS: tuple[Law, ...] = (
    ("eps*u_xx + u_x = 0", ("u(0) = 0", "u(1) = 1"), (0, 1), lambda x, e: np.expm1(-x / e) / np.expm1(-1 / e)),
    ("-eps*u_xx + u_x = 1", ("u(0) = 0", "u(1) = 0"), (0, 1), lambda x, e: x - (np.exp((x - 1) / e) - np.exp(-1 / e)) / -np.expm1(-1 / e)),
    (
        "eps*u_xx = u - 1",
        ("u(0) = 0", "u(1) = 0"),
        (0, 1),
        lambda x, e: 1 - (np.exp(-x / e**0.5) + np.exp((x - 1) / e**0.5)) / (1 + np.exp(-1 / e**0.5)),
    ),
    ("eps*u_xx + x*u_x = 0", ("u(-1) = -1", "u(1) = 1"), (-1, 1), lambda x, e: erf(x / (2 * e) ** 0.5) / erf(1 / (2 * e) ** 0.5)),
    ("eps*u_xx + u_x + u = 0", ("u(0) = 0", "u(1) = 1"), (0, 1), lambda x, e: _two_rates(x, e)),
    ("-eps*u_xx + u = x", ("u_x(0) = 0", "u(1) = 0"), (0, 1), lambda x, e: _insulated(x, e)),
    ("eps*u_t = -u + t", ("u(0) = 1",), (0, 1), lambda t, e: t - e + (1 + e) * np.exp(-t / e)),
)


def draw(draws: Draws) -> Case:
    """One of the laws, with its small number."""
    equation, conditions, ends, law = draws.choice(LAWS)
    small = draws.scale(1e-4, 0.1)
    letter = "t" if "u_t" in equation else "x"
    table = draws.table({"eps": small}, coordinates={letter: list(ends)}, unknowns=["u"], equations=[equation], conditions=list(conditions))
    return Case(table, one(lambda x: law(x, small)))


def _two_rates(x: Array, e: float) -> Array:
    """(exp(m·x) − exp(n·x))/(exp(m) − exp(n)), m and n the roots of e·r² + r + 1 = 0, which may be complex."""
    root = np.sqrt(complex(1 - 4 * e))
    m, n = -2 / (1 + root), -(1 + root) / (2 * e)
    return np.asarray(((np.exp(m * x) - np.exp(n * x)) / (np.exp(m) - np.exp(n))).real)


def _insulated(x: Array, e: float) -> Array:
    """x + a·exp(−x/√e) + b·exp((x − 1)/√e)."""
    s = e**0.5
    far = np.exp(-1 / s)
    a, b = np.linalg.solve([[-1 / s, far / s], [far, 1.0]], [-1.0, -1.0])
    return np.asarray(x + a * np.exp(-x / s) + b * np.exp((x - 1) / s))
