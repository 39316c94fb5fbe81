"""A plucked or struck string: d'Alembert's two halves run apart with their kinks, and come back from the ends."""

from __future__ import annotations

import numpy as np

from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """u_tt = c²·u_xx from a roof or a hat at rest, its ends held."""
    u, length = draws.choice(("u", "y", "w")), draws.choice((1.0, draws.scale(0.2, 5)))
    place, height = rounded(draws.real(0.2, 0.8) * length), draws.choice((1.0, draws.scale(0.01, 1)))
    time = draws.choice((1.0, draws.scale(0.1, 5)))
    speed = rounded(draws.real(0.3, 2.5) * length / time)
    half = rounded(draws.real(0.1, 0.18) * length)
    hat = draws.chance(0.4)
    start = (
        f"max(0, 1 - abs(x - {text(place)})/{text(half)})"
        if hat
        else f"min(x/{text(place)}, ({text(length)} - x)/({text(length)} - {text(place)}))"
    )
    table = draws.table(
        {"c": speed, "h": height},
        coordinates={"x": [0, length], "t": [0, time]},
        unknowns=[u],
        equations=[f"{u}_tt = c^2*{u}_xx"],
        conditions=[f"{u}(x, 0) = h*{start}", f"{u}_t(x, 0) = 0", f"{u}(0, t) = 0", f"{u}({text(length)}, t) = 0"],
    )

    def shape(x: Array) -> Array:
        """The start, continued oddly with the period 2·length."""
        folded = np.mod(x, 2 * length)
        side = np.where(folded > length, -1.0, 1.0)
        folded = np.where(folded > length, 2 * length - folded, folded)
        within = (
            np.maximum(0, 1 - np.abs(folded - place) / half) if hat else np.minimum(folded / place, (length - folded) / (length - place))
        )
        return height * side * within

    return Case(table, one(lambda x, t: (shape(x - speed * t) + shape(x + speed * t)) / 2))
