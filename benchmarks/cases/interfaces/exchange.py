"""Two temperatures side by side that exchange heat, one or both in layers."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.interfaces import materials
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, text
from benchmarks.witnesses.layers import End, Layer, solve


def draw(draws: Draws) -> Case:
    """Two fields that obey D(k*u_x, x) = h*(u − v); the ends are held, or insulated for the second."""
    u, v = draws.choice((("u", "v"), ("T", "S"), ("f", "s")))
    ends = materials.borders(draws, 0.0, 1.0, draws.whole(2, 3))
    first, second = materials.draw(draws, ends, 0.3, 10), materials.draw(draws, ends, 0.3, 10)
    plain = draws.chance(0.4)
    if plain:
        second = materials.Materials(ends, (second.values[0],) * (len(ends) - 1))
    exchange = draws.scale(0.5, 20)
    levels = [draws.real(-2, 2) for _ in range(4)]
    insulated = draws.chance(0.4)
    way = draws.choice(tuple(materials.STEPS))
    other = text(second.values[0]) if plain else f"({second.write('x', way)})"
    last = f"{v}_x(1) = 0" if insulated else f"{v}(1) = {text(levels[3])}"
    table = draws.table(
        {"h": exchange},
        coordinates={"x": [0, 1]},
        unknowns=[u, v],
        equations=[f"D(({first.write('x', way)})*{u}_x, x) = h*({u} - {v})", f"D({other}*{v}_x, x) = h*({v} - {u})"],
        conditions=[f"{u}(0) = {text(levels[0])}", f"{v}(0) = {text(levels[1])}", f"{u}(1) = {text(levels[2])}", last],
    )

    def truth(axes: Axes) -> Array:
        layers = [
            Layer(low, high, _matrix(value, beside, exchange), np.zeros(4))
            for (low, high, value), (_, _, beside) in zip(first.layers, second.layers, strict=True)
        ]
        closed = End(1.0, (0, 0, 0, 1), 0.0) if insulated else End(1.0, (0, 0, 1, 0), levels[3])
        held = [End(0.0, (1, 0, 0, 0), levels[0]), End(0.0, (0, 0, 1, 0), levels[1]), End(1.0, (1, 0, 0, 0), levels[2])]
        return solve(layers, [*held, closed], axes[0])[:, [0, 2]]

    return Case(table, Solutions((truth,)))


def _matrix(value: float, beside: float, exchange: float) -> Array:
    """The matrix of the state (u, k*u_x, v, k*v_x)."""
    return np.array([[0, 1 / value, 0, 0], [exchange, 0, -exchange, 0], [0, 0, 0, 1 / beside], [-exchange, 0, exchange, 0]])
