"""Stiff systems: fast parts that die at once and slow ones that go on."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.integration import witness


def draw(draws: Draws) -> Case:
    """Two linear ones in closed form, Robertson's reaction and van der Pol's oscillator by Radau's method."""
    return draws.choice((_follower, _pair, _robertson, _van_der_pol))(draws)


def _follower(draws: Draws) -> Case:
    """u' = −r·(u − cos(w·t)), started beside the curve that it follows (Prothero and Robinson 1974)."""
    rate, w, start, end = draws.scale(1e2, 1e6), draws.real(0.5, 3), draws.choice((0.0, 1.0, draws.real(0, 2))), draws.choice((1.0, 10.0))
    table = draws.table(
        {"r": rate, "w": w},
        coordinates={"t": [0, end]},
        unknowns=["u"],
        equations=["u_t = -r*(u - cos(w*t))"],
        conditions=[f"u(0) = {text(start)}"],
    )

    def truth(t: Array) -> Array:
        square = rate**2 + w**2
        slow = rate * (rate * np.cos(w * t) + w * np.sin(w * t)) / square
        return np.asarray(slow + (start - rate**2 / square) * np.exp(-rate * t))

    return Case(table, one(truth))


def _pair(draws: Draws) -> Case:
    """Rates −a and −b, mixed: u' = −a·u, v' = a·u − b·v, one of the rates far larger."""
    slow, fast = draws.real(0.3, 2), draws.scale(1e2, 1e6)
    a, b = (slow, fast) if draws.chance(0.5) else (fast, slow)
    table = draws.table(
        {"a": a, "b": b},
        coordinates={"t": [0, 5]},
        unknowns=["u", "v"],
        equations=["u_t = -a*u", "v_t = a*u - b*v"],
        conditions=["u(0) = 1", "v(0) = 0"],
    )
    return Case(table, one(lambda t: (np.exp(-a * t), a / (b - a) * (np.exp(-a * t) - np.exp(-b * t)))))


def _robertson(draws: Draws) -> Case:
    """Robertson 1966, for a short or a longer time."""
    a, b, c = rounded(0.04 * draws.real(0.7, 1.5)), rounded(3e7 * draws.real(0.7, 1.5)), rounded(1e4 * draws.real(0.7, 1.5))
    end = draws.choice((1.0, 40.0, 400.0))
    table = draws.table(
        {"a": a, "b": b, "c": c},
        coordinates={"t": [0, end]},
        unknowns=["x", "y", "z"],
        equations=["x_t = -a*x + c*y*z", "y_t = a*x - c*y*z - b*y^2", "z_t = b*y^2"],
        conditions=["x(0) = 1", "y(0) = 0", "z(0) = 0"],
    )

    def rates(_: float, y: Array) -> Any:
        made, lost, back = a * y[0], b * y[1] ** 2, c * y[1] * y[2]
        return np.array([-made + back, made - back - lost, lost])

    return Case(table, witness(rates, (1.0, 0.0, 0.0), stiff=True))


def _van_der_pol(draws: Draws) -> Case:
    """A relaxation oscillation of one to two periods."""
    mu = draws.scale(5, 200)
    end = rounded(draws.real(0.6, 2) * max(mu, 8))
    table = draws.table(
        {"mu": mu},
        coordinates={"t": [0, end]},
        unknowns=["u"],
        equations=["u_tt - mu*(1 - u^2)*u_t + u = 0"],
        conditions=["u(0) = 2", "u_t(0) = 0"],
    )

    def rates(_: float, y: Array) -> Any:
        return np.array([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]])

    return Case(table, witness(rates, (2.0, 0.0), stiff=True, keep=1))
