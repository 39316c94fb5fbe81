"""Linear problems exactly at resonance: any multiple of a wave can be added, unless what drives it leaves no solution at all."""

from __future__ import annotations

from benchmarks.tribunal.case import Case, Fate
from benchmarks.tribunal.draws import Draws, text


def draw(draws: Draws) -> Case:
    """A wave that is at rest or driven: by another wave, a family; by the same one, or held at a level it never meets, none."""
    return draws.choice((_held, _held, _insulated, _periodic, _square, _system, _beam))(draws)


def _fate(draws: Draws, same: str, other: str) -> tuple[str, Fate]:
    """The force that drives the wave, and what becomes of it."""
    size = draws.real(0.3, 3)
    return draws.choice((("0", Fate.FAMILY), (f"{text(size)}*{other}", Fate.FAMILY), (f"{text(size)}*{same}", Fate.NONE)))


def _line(draws: Draws) -> tuple[float, int, str]:
    """A length, a number of half waves, and the square of the wave number as text."""
    length, waves = draws.choice((1.0, 2.0, draws.real(0.5, 5))), draws.whole(1, 3)
    return length, waves, f"({waves}*pi/{text(length)})^2" if length != 1 else draws.choice((f"({waves}*pi)^2", f"{waves**2}*pi^2"))


def _held(draws: Draws) -> Case:
    u, (length, waves, square) = draws.choice(("u", "p", "y")), _line(draws)
    drive, fate = _fate(draws, f"sin({waves}*pi*x/{text(length)})", f"sin({waves + 1}*pi*x/{text(length)})")
    last = 0.0
    if drive == "0" and draws.chance(0.25):
        last, fate = draws.real(0.3, 2), Fate.NONE
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=[u],
        definitions={"k": square},
        equations=[f"{u}_xx + k*{u} = {drive}"],
        conditions=[f"{u}(0) = 0", f"{u}({text(length)}) = {text(last)}"],
    )
    return Case(table, fate)


def _insulated(draws: Draws) -> Case:
    length, waves, square = _line(draws)
    drive, fate = _fate(draws, f"cos({waves}*pi*x/{text(length)})", f"cos({waves + 1}*pi*x/{text(length)})")
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=["u"],
        definitions={"k": square},
        equations=[f"u_xx + k*u = {drive}"],
        conditions=["u_x(0) = 0", f"u_x({text(length)}) = 0"],
    )
    return Case(table, fate)


def _periodic(draws: Draws) -> Case:
    waves = draws.whole(1, 3)
    drive, fate = _fate(draws, f"cos({2 * waves}*pi*x)", f"cos({2 * waves + 2}*pi*x)")
    table = draws.table(
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        equations=[f"u_xx + ({2 * waves}*pi)^2*u = {drive}"],
        conditions=["u(0) = u(1)", "u_x(0) = u_x(1)"],
    )
    return Case(table, fate)


def _square(draws: Draws) -> Case:
    m, n = draws.whole(1, 2), draws.whole(1, 2)
    drive, fate = _fate(draws, f"sin({m}*pi*x)*sin({n}*pi*y)", f"sin({m + 2}*pi*x)*sin({n}*pi*y)")
    table = draws.table(
        coordinates={"x": [0, 1], "y": [0, 1]},
        unknowns=["u"],
        equations=[f"lap(u) + {m**2 + n**2}*pi^2*u = {drive}"],
        conditions=["u(boundary) = 0"],
    )
    return Case(table, fate)


def _system(draws: Draws) -> Case:
    length, waves, square = _line(draws)
    drive, fate = _fate(draws, f"sin({waves}*pi*x/{text(length)})", f"sin({waves + 1}*pi*x/{text(length)})")
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=["u", "v"],
        equations=["u_x = v", f"v_x = -({square})*u + {drive}"],
        conditions=["u(0) = 0", f"u({text(length)}) = 0"],
    )
    return Case(table, fate)


def _beam(draws: Draws) -> Case:
    """A vibrating beam on hinges, its amplitude at one of its frequencies."""
    waves = draws.whole(1, 2)
    drive, fate = _fate(draws, f"sin({waves}*pi*x)", f"sin({waves + 1}*pi*x)")
    table = draws.table(
        coordinates={"x": [0, 1]},
        unknowns=["w"],
        equations=[f"w_xxxx - ({waves}*pi)^4*w = {drive}"],
        conditions=["w(0) = 0", "w_xx(0) = 0", "w(1) = 0", "w_xx(1) = 0"],
    )
    return Case(table, fate)
