"""Steady conduction through layers, in conservation form: the flux is continuous where the conductivity jumps."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.interfaces import materials
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.layers import End, Layer, solve


def draw(draws: Draws) -> Case:
    """A steady state with one to three jumps of k in D(k*u_x, x) = v*u_x + r*u − f, ends held, insulated, or in contact with air."""
    u, x = draws.choice(("u", "T", "c", "p")), draws.choice(("x", "x", "z", "s"))
    length = draws.choice((1.0, 1.0, draws.scale(0.05, 50)))
    ends = materials.borders(draws, 0.0, length, draws.whole(2, 4))
    k = materials.draw(draws, ends, 0.2, 20)
    speed = rounded(draws.real(-3, 3) / length) if draws.chance(0.2) else 0.0
    loss = rounded(draws.scale(0.5, 20) / length**2) if draws.chance(0.3) else 0.0
    heat = rounded(draws.real(-5, 5) / length**2) if draws.chance(0.5) else 0.0
    written = k.write(x, draws.choice(tuple(materials.STEPS)))
    right = " + ".join([f"{text(speed)}*{u}_{x}"] * (speed != 0) + [f"{text(loss)}*{u}"] * (loss != 0) + [f"{text(-heat)}"] * (heat != 0))
    named = draws.chance(0.5)
    left, left_end = _end(draws, u, x, 0.0, k.values[0], k.values[0] / length, held=True)
    other, right_end = _end(draws, u, x, length, k.values[-1], k.values[-1] / length, held=draws.chance(0.5))
    table = draws.table(
        coordinates={x: [0, length]},
        unknowns=[u],
        definitions={"k": written} if named else {},
        equations=[f"D({'k' if named else f'({written})'}*{u}_{x}, {x}) = {right or '0'}"],
        conditions=[left, other],
    )

    def truth(axes: Axes) -> Array:
        layers = [
            Layer(low, high, np.array([[0, 1 / value], [loss, speed / value]]), np.array([0.0, -heat])) for low, high, value in k.layers
        ]
        return solve(layers, [left_end, right_end], axes[0])[:, :1]

    return Case(table, Solutions((truth,)))


def _end(draws: Draws, u: str, x: str, place: float, value: float, contact: float, held: bool) -> tuple[str, End]:
    """A condition at an end as text and for the state (u, k*u_x), `value` being k there."""
    level = draws.real(-2, 2)
    if held:
        return f"{u}({text(place)}) = {text(level)}", End(place, (1.0, 0.0), level)
    if draws.chance(0.5):
        slope = draws.real(-2, 2) * draws.choice((0, 1))
        return f"{u}_{x}({text(place)}) = {text(slope)}", End(place, (0.0, 1 / value), slope)
    ease = rounded(draws.scale(0.5, 5) * contact / value)
    return f"{u}_{x}({text(place)}) = {text(ease)}*({text(level)} - {u}({text(place)}))", End(place, (ease, 1 / value), ease * level)
