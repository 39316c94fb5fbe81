"""Beams whose stiffness has steps: D(B*w_xx, x, 2) + f*w = q, Euler and Bernoulli's theory, bending moment and shear being continuous."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.interfaces import materials
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.layers import End, Layer, solve

SUPPORTS = {
    "clamped": (("w", (1, 0, 0, 0)), ("w_x", (0, 1, 0, 0))),
    "hinged": (("w", (1, 0, 0, 0)), ("w_xx", (0, 0, 1, 0))),
    "free": (("w_xx", (0, 0, 1, 0)), ("w_xxx", (0, 0, 0, 1))),
    "sliding": (("w_x", (0, 1, 0, 0)), ("w_xxx", (0, 0, 0, 1))),
}
"""What vanishes at an end, as text and of the state (w, w', moment, shear)."""
PAIRS = (
    ("clamped", "free"),
    ("clamped", "hinged"),
    ("clamped", "clamped"),
    ("hinged", "hinged"),
    ("clamped", "sliding"),
    ("hinged", "sliding"),
)


def draw(draws: Draws) -> Case:
    """Two or three stiffnesses, a load that is even, growing or partial; on an elastic ground in one of four cases."""
    w, length = draws.choice(("w", "u", "y")), draws.choice((1.0, 2.0, draws.scale(0.5, 5)))
    ends = materials.borders(draws, 0.0, length, draws.whole(2, 3))
    stiff = materials.draw(draws, ends, 0.3, 5)
    load, growth = rounded(draws.real(0.5, 5) / length**4), rounded(draws.choice((0.0, draws.real(-2, 2))) / length**5)
    ground = rounded(draws.scale(1, 50) / length**4) if draws.chance(0.25) else 0.0
    begin, end = draws.choice(PAIRS)
    rows = [(item, "0", 0.0) for item in SUPPORTS[begin]] + [(item, text(length), length) for item in SUPPORTS[end]]
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=[w],
        definitions={"B": stiff.write("x", draws.choice(tuple(materials.STEPS)))},
        equations=[
            f"D(B*{w}_xx, x, 2) + {text(ground)}*{w} = {text(load)} + {text(growth)}*x"
            if ground
            else f"D(B*{w}_xx, x, 2) = {text(load)} + {text(growth)}*x"
        ],
        conditions=[f"{name.replace('w', w)}({where}) = 0" for (name, _), where, _ in rows],
    )

    def truth(axes: Axes) -> Array:
        layers = []
        for low, high, value in stiff.layers:
            matrix = np.array([[0, 1, 0, 0], [0, 0, 1 / value, 0], [0, 0, 0, 1], [-ground, 0, 0, 0]])
            layers.append(Layer(low, high, matrix, np.array([0, 0, 0, load + growth * low]), np.array([0, 0, 0, growth])))
        return solve(layers, [End(place, factors, 0.0) for (_, factors), _, place in rows], axes[0])[:, :1]

    return Case(table, Solutions((truth,)))
