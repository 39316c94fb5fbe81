"""Insulated or periodic bodies: the sources must balance what flows out, and then any constant can be added; or too few conditions."""

from __future__ import annotations

from benchmarks.tribunal.case import Case, Fate
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """Balanced, a family; else none."""
    return draws.choice((_rod, _plate, _ring, _torus, _few))(draws)


def _fate(draws: Draws) -> Fate:
    return draws.choice((Fate.FAMILY, Fate.NONE))


def _rod(draws: Draws) -> Case:
    """u'' = f between given slopes."""
    u, length, fate = draws.choice(("u", "T", "phi")), draws.choice((1.0, 2.0, draws.real(0.5, 5))), _fate(draws)
    waves, size, slope = draws.whole(1, 3), draws.real(0.5, 3), draws.choice((0.0, draws.real(-2, 2)))
    more = 0.0 if fate is Fate.FAMILY else draws.real(0.3, 3)
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=[u],
        equations=[f"{u}_xx = {text(size)}*cos({waves}*pi*x/{text(length)})" + (f" + {text(more)}" if more else "")],
        conditions=[f"{u}_x(0) = {text(slope)}", f"{u}_x({text(length)}) = {text(slope)}"],
    )
    return Case(table, fate)


def _plate(draws: Draws) -> Case:
    """lap(u) + f = 0 on a square that is insulated all around, or heated on one side for nothing."""
    fate, size = _fate(draws), draws.real(0.5, 3)
    source = (
        f"{text(size)}*cos(pi*x)*cos({draws.whole(0, 2)}*pi*y)"
        if fate is Fate.FAMILY
        else draws.choice((text(size), f"{text(size)}*(1 + x*y)"))
    )
    table = draws.table(
        coordinates={"x": [0, 1], "y": [0, 1]},
        unknowns=["u"],
        equations=[draws.choice((f"-lap(u) = {source}", f"u_xx + u_yy + {source} = 0"))],
        conditions=["u_x(0, y) = 0", "u_x(1, y) = 0", "u_y(x, 0) = 0", "u_y(x, 1) = 0"],
    )
    return Case(table, fate)


def _ring(draws: Draws) -> Case:
    """u'' = f, the same at both ends."""
    fate, waves, size = _fate(draws), draws.whole(1, 3), draws.real(0.5, 3)
    more = 0.0 if fate is Fate.FAMILY else draws.real(0.3, 3)
    table = draws.table(
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        equations=[f"u_xx = {text(size)}*sin({2 * waves}*pi*x)" + (f" + {text(more)}" if more else "")],
        conditions=["u(0) = u(1)", "u_x(0) = u_x(1)"],
    )
    return Case(table, fate)


def _torus(draws: Draws) -> Case:
    """lap(u) = f, periodic in both coordinates."""
    fate, m, n, size = _fate(draws), draws.whole(1, 2), draws.whole(0, 2), draws.real(0.5, 3)
    more = 0.0 if fate is Fate.FAMILY else draws.real(0.3, 3)
    table = draws.table(
        coordinates={"x": [0, 1], "y": [0, 1]},
        unknowns=["u"],
        equations=[f"lap(u) = {text(size)}*cos({2 * m}*pi*x)*cos({2 * n}*pi*y)" + (f" + {text(more)}" if more else "")],
        conditions=["u(0, y) = u(1, y)", "u_x(0, y) = u_x(1, y)", "u(x, 0) = u(x, 1)", "u_y(x, 0) = u_y(x, 1)"],
    )
    return Case(table, fate)


def _few(draws: Draws) -> Case:
    """One condition too few, or one too many that contradicts the others."""
    a, end = rounded(draws.real(0.5, 3)), draws.choice((1.0, 2.0))
    few = draws.chance(0.5)
    rest = [] if few else [f"u_x(0) = {text(draws.real(3, 5))}", f"u({text(end)}) = {text(draws.real(-5, -3))}"]
    equation = draws.choice(("u_xx + a*u = 1", "u_xx = a", "u_xx - a*u = x"))
    table = draws.table({"a": a}, coordinates={"x": [0, end]}, unknowns=["u"], equations=[equation], conditions=["u(0) = 0", *rest])
    return Case(table, Fate.FAMILY if few else Fate.NONE)
