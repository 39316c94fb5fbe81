"""A wave that meets another medium: part of it goes on, part of it comes back."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.cases.interfaces import materials
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded
from benchmarks.witnesses.elements import Held, Rod, constant
from benchmarks.witnesses.responses import Constant


def draw(draws: Draws) -> Case:
    """u_tt = D(k*u_x, x) on two layers from a smooth bump that begins in the first; the ends are held."""
    u, x = draws.choice(("u", "w", "p")), draws.choice(("x", "z"))
    border = draws.real(0.55, 0.75)
    k = materials.draw(draws, (0.0, border, 1.0), 0.3, 3)
    width, centre = draws.real(0.04, 0.06), draws.real(0.28, 0.3)
    time = rounded(draws.real(0.5, 1.2))
    table = draws.table(
        {"a": centre, "b": width},
        coordinates={x: [0, 1], "t": [0, time]},
        unknowns=[u],
        definitions={"k": k.write(x, draws.choice(tuple(materials.STEPS)))},
        equations=[f"{u}_tt = D(k*{u}_{x}, {x})"],
        conditions=[f"{u}({x}, 0) = exp(-(({x} - a)/b)^2)", f"{u}_t({x}, 0) = 0", f"{u}(0, t) = 0", f"{u}(1, t) = 0"],
    )

    def start(places: Array) -> Array:
        return np.exp(-(((places - centre) / width) ** 2))

    held = Held(Constant(0.0))
    rod = partial(Rod, k.borders, held, held, constant(k.values, k.borders), spread=8)

    def truth(axes: Axes, degree: int) -> Array:
        return rod(degree=degree).vibrate(start, *axes)[:, :, None]

    return Case(table, Solutions((partial(truth, degree=10),), partial(truth, degree=8)))
