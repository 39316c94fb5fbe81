"""Heat that comes through layers: c*u_t = D(k*u_x, x), from a constant or a smooth start."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.cases.interfaces import materials
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.elements import Held, Open, Rod, constant
from benchmarks.witnesses.responses import Constant


def draw(draws: Draws) -> Case:
    """Two or three layers, the capacity jumping too in one of three cases; ends held, insulated or in contact with air."""
    u, x = draws.choice(("u", "T", "c")), draws.choice(("x", "z"))
    length = draws.choice((1.0, draws.scale(0.1, 10)))
    ends = materials.borders(draws, 0.0, length, draws.whole(2, 3))
    k = materials.draw(draws, ends, 0.05, 3)
    heavy = materials.draw(draws, ends, 0.5, 3) if draws.chance(0.35) else materials.Materials(ends, (1.0,) * len(k.values))
    time = rounded(draws.scale(0.1, 2) * length**2)
    way = draws.choice(tuple(materials.STEPS))
    wavy, begin, left, right = draws.chance(0.4), draws.choice((0.0, draws.real(-1, 1))), draws.real(-2, 2), draws.real(-2, 2)
    if wavy:
        begin, left, right = 0.0, 0.0, 0.0
    open_right = not wavy and draws.chance(0.5)
    ease = draws.choice((0.0, rounded(draws.real(0.5, 5) / length))) if open_right else 0.0
    start = f"sin(pi*{x}/{text(length)})" if wavy else text(begin)
    factor = f"({heavy.write(x, way)})*" if len(set(heavy.values)) > 1 else ""
    last = f"{u}({text(length)}, t) = {text(right)}"
    if open_right:
        last = (
            f"{u}_{x}({text(length)}, t) = {text(ease)}*({text(right)} - {u}({text(length)}, t))"
            if ease
            else f"{u}_{x}({text(length)}, t) = 0"
        )
    table = draws.table(
        coordinates={x: [0, length], "t": [0, time]},
        unknowns=[u],
        definitions={"k": k.write(x, way)},
        equations=[f"{factor}{u}_t = D(k*{u}_{x}, {x})"],
        conditions=[f"{u}({x}, 0) = {start}", f"{u}(0, t) = {text(left)}", last],
    )

    def first(places: Array) -> Array:
        return np.sin(np.pi * places / length) if wavy else np.full_like(places, begin)

    contact = ease * k.values[-1]
    outer = Open(contact, Constant(contact * right)) if open_right else Held(Constant(right))
    rod = partial(Rod, ends, Held(Constant(left)), outer, constant(k.values, ends), constant(heavy.values, ends))

    def truth(axes: Axes, degree: int) -> Array:
        values = rod(degree=degree).diffuse(first, *axes)
        values[:, 0] = first(axes[0])
        values[[0, -1], 0] = np.nan
        return values[:, :, None]

    return Case(table, Solutions((partial(truth, degree=10),), partial(truth, degree=7)))
