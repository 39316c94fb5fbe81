"""Heat from a start with kinks or jumps: a hat, a box, a step, or one that disagrees with the ends."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.elements import Held, Open, Rod
from benchmarks.witnesses.responses import Constant


def draw(draws: Draws) -> Case:
    """The ends are held at 0 or insulated; sometimes heat is lost on the way."""
    u, length = draws.choice(("u", "T", "c")), draws.choice((1.0, draws.scale(0.2, 5)))
    first, second = (rounded(place * length) for place in draws.ordered(2, 0.15, 0.85, 0.2))
    middle, half = rounded((first + second) / 2), rounded((second - first) / 2)
    spreading, time = draws.scale(0.05, 2), 0.0
    time = rounded(draws.scale(0.05, 0.5) * length**2 / spreading)
    way = draws.choice(("hat", "box", "step", "corner", "roof"))
    start = {
        "hat": f"max(0, 1 - abs(x - {text(middle)})/{text(half)})",
        "box": f"heaviside(x - {text(first)}) - heaviside(x - {text(second)})",
        "step": draws.choice((f"heaviside(x - {text(first)})", f"(1 + sign(x - {text(first)}))/2")),
        "corner": "1",
        "roof": f"min(x/{text(first)}, ({text(length)} - x)/({text(length)} - {text(first)}))",
    }[way]
    bends = {"hat": (middle - half, middle, middle + half), "box": (first, second), "step": (first,), "corner": (), "roof": (first,)}[way]
    closed = draws.chance(0.5) and way not in ("corner", "roof")
    loss = rounded(draws.real(0.2, 2) / time) if draws.chance(0.25) else 0.0
    derivative = "_x" if closed else ""
    table = draws.table(
        {"k": spreading},
        coordinates={"x": [0, length], "t": [0, time]},
        unknowns=[u],
        equations=[f"{u}_t = k*{u}_xx" + (f" - {text(loss)}*{u}" if loss else "")],
        conditions=[f"{u}(x, 0) = {start}", f"{u}{derivative}(0, t) = 0", f"{u}{derivative}({text(length)}, t) = 0"],
    )

    def first_values(x: Array) -> Array:
        laws: dict[str, Array] = {
            "hat": np.maximum(0, 1 - np.abs(x - middle) / half),
            "box": ((x > first) & (x < second)).astype(float),
            "step": (x > first).astype(float),
            "corner": np.ones_like(x),
            "roof": np.minimum(x / first, (length - x) / (length - first)),
        }
        return laws[way]

    end: Held | Open = Open() if closed else Held(Constant(0.0))
    rod = partial(Rod, (0.0, *bends, length), end, end, lambda x: np.full_like(x, spreading), loss=lambda x: np.full_like(x, loss))

    def truth(axes: Axes, degree: int) -> Array:
        values = rod(degree=degree).diffuse(first_values, *axes)
        values[:, 0] = first_values(axes[0])
        jumps = {"box": bends, "step": bends if closed else (*bends, length), "corner": (0.0, length)}.get(way, ())
        values[np.abs(axes[0][:, None] - np.array([*jumps, np.inf])).min(axis=1) < 1e-9 * length, 0] = np.nan
        return values[:, :, None]

    return Case(table, Solutions((partial(truth, degree=12),), partial(truth, degree=9)))
