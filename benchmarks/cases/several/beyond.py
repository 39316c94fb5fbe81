"""Problems with no solution: beyond a fold, or grown beyond all bounds before the end of the time."""

from __future__ import annotations

import math

from benchmarks.tribunal.case import Case, Fate
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """A boundary value problem beyond its fold in half of the cases, else a start that blows up inside."""
    return draws.choice((_fold, _fold, _power, _tangent, _exponential, _second, _spread))(draws)


def _fold(draws: Draws) -> Case:
    """Sources beyond what a comparison with the first eigenfunction allows: m·e > π² for exp(u), 2·m > π² for 1 + u²."""
    u, length = draws.choice(("u", "T")), draws.choice((1.0, draws.real(0.5, 3)))
    law, least = draws.choice(((f"exp({u})", math.pi**2 / math.e), (f"(1 + {u}^2)", math.pi**2 / 2)))
    m = float(f"{draws.real(1.02, 3) * least / length**2:.4g}")
    table = draws.table(
        {"m": m},
        coordinates={"x": [0, length]},
        unknowns=[u],
        equations=[f"{u}_xx + m*{law} = 0"],
        conditions=[f"{u}(0) = 0", f"{u}({text(length)}) = 0"],
    )
    return Case(table, Fate.NONE)


def _initial(draws: Draws, equation: str, starts: list[str], blow: float) -> Case:
    """The range ends after `blow`, the time at which it blows up."""
    end = rounded(blow * draws.real(1.1, 2.5))
    return Case(draws.table(coordinates={"t": [0, end]}, unknowns=["u"], equations=[equation], conditions=starts), Fate.NONE)


def _power(draws: Draws) -> Case:
    power, a, start = draws.choice((2, 3)), draws.real(0.3, 3), draws.real(0.5, 2)
    return _initial(draws, f"u_t = {text(a)}*u^{power}", [f"u(0) = {text(start)}"], 1 / (a * (power - 1) * start ** (power - 1)))


def _tangent(draws: Draws) -> Case:
    w = draws.real(0.5, 3)
    return _initial(draws, f"u_t = {text(w)}*(1 + u^2)", ["u(0) = 0"], math.pi / (2 * w))


def _exponential(draws: Draws) -> Case:
    a = draws.real(0.3, 3)
    return _initial(draws, f"u_t = {text(a)}*exp(u)", ["u(0) = 0"], 1 / a)


def _second(draws: Draws) -> Case:
    """u'' = 6·u², near u = 1/(s − t)²."""
    s = draws.real(0.5, 1.5)
    return _initial(draws, "u_tt = 6*u^2", [f"u(0) = {text(rounded(s**-2))}", f"u_t(0) = {text(rounded(2 * s**-3))}"], s)


def _spread(draws: Draws) -> Case:
    """u_t = u_xx + u² with insulated ends from a constant, which stays one: it blows up at 1/start."""
    start = draws.real(0.8, 3)
    end = rounded(draws.real(1.2, 2) / start)
    table = draws.table(
        coordinates={"x": [0, 1], "t": [0, end]},
        unknowns=["u"],
        equations=["u_t = u_xx + u^2"],
        conditions=[f"u(x, 0) = {text(start)}", "u_x(0, t) = 0", "u_x(1, t) = 0"],
    )
    return Case(table, Fate.NONE)
