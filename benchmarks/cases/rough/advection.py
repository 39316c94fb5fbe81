"""Boxes, hats and steps that a current carries along, out of the domain or around."""

from __future__ import annotations

import numpy as np

from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """u_t + v·u_x = −r·u with nothing flowing in, with a step flowing in, or periodic."""
    u, length, time = (
        draws.choice(("u", "c", "q")),
        draws.choice((1.0, 2.0, draws.scale(0.2, 10))),
        draws.choice((1.0, draws.scale(0.2, 10))),
    )
    first, second = (rounded(place * length) for place in draws.ordered(2, 0.13, 0.6, 0.3))
    middle, half = rounded((first + second) / 2), rounded((second - first) / 2)
    speed = rounded(draws.real(0.2, 1.3) * length / time)
    loss = rounded(draws.real(0.2, 2) / time) if draws.chance(0.25) else 0.0
    way, periodic = draws.choice(("box", "hat", "hat", "step")), draws.chance(0.35)
    if way == "step":
        periodic = False
    start = {
        "box": f"heaviside(x - {text(first)}) - heaviside(x - {text(second)})",
        "hat": f"max(0, 1 - abs(x - {text(middle)})/{text(half)})",
        "step": f"heaviside({text(first)} - x)",
    }[way]
    inflow = "1" if way == "step" and not loss else "0"
    if way == "step" and loss:
        inflow = "exp(-r*t)"
    table = draws.table(
        {"v": speed, **({"r": loss} if loss else {})},
        coordinates={"x": [0, length], "t": [0, time]},
        unknowns=[u],
        equations=[f"{u}_t + v*{u}_x = {f'-r*{u}' if loss else '0'}"],
        conditions=[f"{u}(x, 0) = {start}", f"{u}(0, t) = {u}({text(length)}, t)" if periodic else f"{u}(0, t) = {inflow}"],
    )

    def shape(x: Array) -> Array:
        if way == "hat":
            return np.maximum(0, 1 - np.abs(x - middle) / half)
        inside = (x < first) if way == "step" else (x > first) & (x < second)
        jump = np.minimum(np.abs(x - first), np.abs(x - second) if way == "box" else np.inf) < 1e-9 * length
        return np.where(jump, np.nan, inside.astype(float))

    def truth(x: Array, t: Array) -> Array:
        back = x - speed * t
        return np.exp(-loss * t) * shape(np.mod(back, length) if periodic else back)

    return Case(table, one(truth))
