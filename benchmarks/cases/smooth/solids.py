"""Three coordinates: diffusion and waves in a square, and equilibrium in a cube."""

from __future__ import annotations

from benchmarks.cases.smooth import manufactured, shapes
from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws, text


def draw(draws: Draws) -> Case:
    """Values are given on all sides."""
    k = text(draws.scale(0.05, 1))
    sides = ["u(0, y, {z})", "u(1, y, {z})", "u(x, 0, {z})", "u(x, 1, {z})"]
    way = draws.choice(("heat", "heat", "wave", "cube"))
    if way == "cube":
        places = [*(side.format(z="z") for side in sides), "u(x, y, 0)", "u(x, y, 1)"]
        operator, ranges, letters = "u_xx + u_yy + u_zz", {"x": (0.0, 1.0), "y": (0.0, 1.0), "z": (0.0, 1.0)}, "xyz"
    else:
        starts = ["u(x, y, 0)"] + ["u_t(x, y, 0)"] * (way == "wave")
        places = [*starts, *(side.format(z="t") for side in sides)]
        ranges, letters = {"x": (0.0, 1.0), "y": (0.0, 1.0), "t": (0.0, draws.choice((1.0, 0.5)))}, "xyt"
        operator = f"u_tt - {k}*(u_xx + u_yy)" if way == "wave" else f"u_t - {k}*(u_xx + u_yy) + {text(draws.choice((0.0, 1.0)))}*u"
    return manufactured.case(draws, ranges, {"u": shapes.field(draws, letters)}, [operator], places)
