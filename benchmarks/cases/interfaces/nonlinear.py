"""Layers whose conductivity also grows with the temperature: Kirchhoff's transformation makes the flux linear."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.interfaces import materials
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, text


def draw(draws: Draws) -> Case:
    """D(k*(1 + b*u)*u_x, x) = 0 or D(k*exp(b*u)*u_x, x) = 0 through two or three layers between held ends."""
    u, x = draws.choice(("u", "T")), draws.choice(("x", "z"))
    ends = materials.borders(draws, 0.0, draws.choice((1.0, draws.scale(0.1, 10))), draws.whole(2, 3))
    k = materials.draw(draws, ends, 0.3, 10)
    growth = draws.real(0.2, 2)
    begin, end = draws.real(0, 1), draws.real(1.2, 2)
    way = draws.choice(("linear", "exponential"))
    law = {"linear": f"(1 + b*{u})", "exponential": f"exp(b*{u})"}[way]
    table = draws.table(
        {"b": growth},
        coordinates={x: [0, ends[-1]]},
        unknowns=[u],
        equations=[f"D(({k.write(x, draws.choice(tuple(materials.STEPS)))})*{law}*{u}_{x}, {x}) = 0"],
        conditions=[f"{u}(0) = {text(begin)}", f"{u}({text(ends[-1])}) = {text(end)}"],
    )

    def there(value: Array | float) -> Array:
        return np.asarray(value + growth * np.square(value) / 2 if way == "linear" else np.exp(growth * np.asarray(value)) / growth)

    def back(value: Array) -> Array:
        return (np.sqrt(1 + 2 * growth * value) - 1) / growth if way == "linear" else np.log(growth * value) / growth

    def truth(axes: Axes) -> Array:
        ease = np.interp(axes[0], ends, np.concatenate([[0.0], np.cumsum(np.diff(ends) / np.array(k.values))]))
        return back(there(begin) + (there(end) - there(begin)) * ease / ease[-1])[:, None]

    return Case(table, Solutions((truth,)))
