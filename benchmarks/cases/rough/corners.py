"""Laplace's and Poisson's equations where the sides disagree at the corners, or a corner is not smooth: Fourier series."""

from __future__ import annotations

import numpy as np

from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, text

NUMBERS: Array = np.arange(1, 6001, 2.0)
"""Odd numbers of half waves; on the grid's inner points the last is below rounding."""


def draw(draws: Draws) -> Case:
    """A square, one side of which is at another level than the others, or with a source and all sides at 0."""
    level, size = draws.real(0.3, 3), draws.choice((1.0, draws.scale(0.2, 5)))
    side, source = draws.choice(("left", "right", "bottom", "top")), draws.chance(0.4)
    if source:
        equation, conditions = draws.choice((f"-lap(u) = {text(level)}", f"u_xx + u_yy + {text(level)} = 0")), ["u(boundary) = 0"]
    else:
        values = {name: text(level) if name == side else "0" for name in ("left", "right", "bottom", "top")}
        end = text(size)
        equation = draws.choice(("lap(u) = 0", "u_xx + u_yy = 0"))
        conditions = [
            f"u(0, y) = {values['left']}",
            f"u({end}, y) = {values['right']}",
            f"u(x, 0) = {values['bottom']}",
            f"u(x, {end}) = {values['top']}",
        ]
    table = draws.table(coordinates={"x": [0, size], "y": [0, size]}, unknowns=["u"], equations=[equation], conditions=conditions)

    def held(axes: Axes) -> Array:
        along, away = axes if side in ("bottom", "top") else axes[::-1]
        away = away if side in ("top", "right") else axes[1 if side == "bottom" else 0]
        distance = (size - away if side in ("top", "right") else away) / size  # from the warm side
        k = NUMBERS * np.pi
        fading = np.exp(-np.outer(k, distance)) * -np.expm1(-2 * np.outer(k, 1 - distance)) / -np.expm1(-2 * k)[:, None]
        values = (4 * level / k * np.sin(np.outer(along / size, k))) @ fading  # (along, away)
        values[:, distance == 0] = level
        values[0], values[-1] = 0.0, 0.0
        values[np.ix_([0, -1], distance == 0)] = np.nan
        return (values if side in ("bottom", "top") else values.T)[:, :, None]

    def sourced(axes: Axes) -> Array:
        x, y = (axis / size for axis in axes)
        k = NUMBERS * np.pi
        up = (np.exp(-np.outer(k, y)) + np.exp(-np.outer(k, 1 - y))) / (1 + np.exp(-k))[:, None]
        values = (x * (1 - x) / 2)[:, None] - (4 / k**3 * np.sin(np.outer(x, k))) @ up
        values[:, [0, -1]] = 0.0
        return np.asarray(level * size**2 * values)[:, :, None]

    return Case(table, Solutions((sourced if source else held,)))
