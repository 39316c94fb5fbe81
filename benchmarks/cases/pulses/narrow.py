"""A narrow bell on a wide domain, that spreads, drifts, or runs both ways: as on the whole line, as the ends are far."""

from __future__ import annotations

import numpy as np

from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded, text

GRID = 100
"""Intervals of the grid on which solutions are judged."""


def draw(draws: Draws) -> Case:
    """The bell's width is 1/20 to 1/2000 of the domain; its centre lies on a point of the grid, so that the start is seen."""
    u, length = draws.choice(("u", "c", "T")), draws.choice((10.0, 100.0, 1000.0, 2.0))
    width = rounded(2 * length * draws.scale(1 / 2000, 1 / 20))
    centre = round(2 * length * draws.whole(-15, 15) / GRID, 10)
    height = draws.choice((1.0, draws.real(0.5, 3)))
    way = draws.choice(("heat", "drift", "advection", "wave", "loss"))
    reach = draws.real(0.05, 0.25) * length
    end = draws.choice((1.0, 10.0, draws.scale(0.1, 100)))
    speed = rounded(draws.sign() * reach / end)
    widest = min(reach, 30 * width)
    spreading = rounded(widest**2 / (40 * end))
    loss = rounded(draws.real(0.2, 2) / end)
    equation = {
        "heat": f"{u}_t = k*{u}_xx",
        "drift": f"{u}_t + v*{u}_x = k*{u}_xx",
        "advection": f"{u}_t + v*{u}_x = 0",
        "wave": f"{u}_tt = v^2*{u}_xx",
        "loss": f"{u}_t = k*{u}_xx - r*{u}",
    }[way]
    constants = {"k": spreading, "v": speed, "r": loss}
    used = {"heat": "k", "drift": "kv", "advection": "v", "wave": "v", "loss": "kr"}[way]
    bell = f"{text(height)}*exp(-(({'x' if centre == 0 else f'x - {text(centre)}'})/{text(width)})^2)"
    ends = [f"{u}({text(-length)}, t) = 0"] * (way != "advection" or speed > 0) + [f"{u}({text(length)}, t) = 0"] * (
        way != "advection" or speed < 0
    )
    table = draws.table(
        {name: constants[name] for name in used},
        coordinates={"x": [-length, length], "t": [0, end]},
        unknowns=[u],
        equations=[equation],
        conditions=[f"{u}(x, 0) = {bell}", *([f"{u}_t(x, 0) = 0"] if way == "wave" else []), *ends],
    )

    def bump(away: Array) -> Array:
        return height * np.exp(-((away / width) ** 2))

    def truth(x: Array, t: Array) -> Array:
        if way == "advection":
            return bump(x - centre - speed * t)
        if way == "wave":
            return (bump(x - centre - speed * t) + bump(x - centre + speed * t)) / 2
        square = width**2 + 4 * spreading * t
        fading = np.exp(-loss * t) if way == "loss" else 1.0
        moved = x - centre - (speed * t if way == "drift" else 0.0)
        spread: Array = fading * height * width / np.sqrt(square) * np.exp(-(moved**2) / square)
        return spread

    return Case(table, one(truth))
