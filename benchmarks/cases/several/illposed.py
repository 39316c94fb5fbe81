"""Problems that small errors of their data change beyond measure: heat read backwards, ends that feed themselves, Laplace from one side."""

from __future__ import annotations

from benchmarks.tribunal.case import Case, Fate
from benchmarks.tribunal.draws import Draws, rounded, text

SHAPES = ("sin({}*pi*x)", "x*(1 - x)", "exp(-((x - 0.5)/0.1)^2)", "sin({}*pi*x) + 0.1*sin(5*pi*x)")


def draw(draws: Draws) -> Case:
    """Each from smooth data."""
    return draws.choice((_backward, _antidiffusion, _feeding, _elliptic, _side))(draws)


def _shape(draws: Draws) -> str:
    return draws.choice(SHAPES).format(draws.whole(1, 3))


def _in_time(draws: Draws, equation: str, conditions: list[str], end: float) -> Case:
    table = draws.table(
        coordinates={"x": [0, 1], "t": [0, end]},
        unknowns=["u"],
        equations=[equation],
        conditions=[*conditions, "u(0, t) = 0", "u(1, t) = 0"],
    )
    return Case(table, Fate.ILL_POSED)


def _backward(draws: Draws) -> Case:
    """The end is given, and the start asked for."""
    end = draws.choice((0.1, draws.real(0.05, 1)))
    return _in_time(draws, f"u_t = {text(draws.scale(0.3, 2))}*u_xx", [f"u(x, {text(end)}) = {_shape(draws)}"], end)


def _antidiffusion(draws: Draws) -> Case:
    """Diffusion with the wrong sign."""
    equation = draws.choice(("u_t = -{}*u_xx", "u_t + {}*u_xx = u", "u_t = -{}*u_xx + u_x"))
    return _in_time(
        draws, equation.format(text(draws.scale(0.1, 2))), [f"u(x, 0) = {_shape(draws)}"], draws.choice((1.0, draws.real(0.2, 2)))
    )


def _feeding(draws: Draws) -> Case:
    """An end that takes in the more the warmer it is: it grows like exp(h²·t), beyond all numbers."""
    h = draws.scale(60, 2000)
    side = draws.choice((0, 1))
    fed = f"u_x({side}, t) = {text(h if side else -h)}*u({side}, t)"
    table = draws.table(
        coordinates={"x": [0, 1], "t": [0, 1]},
        unknowns=["u"],
        equations=["u_t = u_xx"],
        conditions=[f"u(x, 0) = {'x' if side else '1 - x'}", f"u({1 - side}, t) = 0", fed],
    )
    return Case(table, Fate.ILL_POSED)


def _elliptic(draws: Draws) -> Case:
    """Laplace's equation as if it were a wave."""
    speed = rounded(draws.real(0.5, 2))
    return _in_time(draws, f"u_tt + {text(speed)}*u_xx = 0", [f"u(x, 0) = {_shape(draws)}", "u_t(x, 0) = 0"], draws.choice((0.5, 1.0)))


def _side(draws: Draws) -> Case:
    """Laplace's equation in the plane, value and slope both given on one side."""
    table = draws.table(
        coordinates={"x": [0, 1], "y": [0, 1]},
        unknowns=["u"],
        equations=[draws.choice(("lap(u) = 0", "u_xx + u_yy = 0"))],
        conditions=[f"u(x, 0) = {_shape(draws)}", "u_y(x, 0) = 0", "u(0, y) = 0", "u(1, y) = 0"],
    )
    return Case(table, Fate.ILL_POSED)
