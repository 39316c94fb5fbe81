"""Elliptic equations in a rectangle with one smooth solution."""

from __future__ import annotations

from benchmarks.cases.smooth import manufactured, shapes
from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws, text

OPERATORS = (
    "u_xx + u_yy",
    "lap(u) - {a}*u",
    "-u_xx - u_yy + {a}*u",
    "u_xx + {a}*u_yy + u_x",
    "u_xx + u_yy - u^3",
    "D((1 + x*y)*u_x, x) + D((1 + x*y)*u_y, y)",
    "lap(u) - exp(u)",
)


def draw(draws: Draws) -> Case:
    """Values on all sides, or the slope on one."""
    width, height = draws.choice((1.0, 2.0, draws.real(0.5, 2))), draws.choice((1.0, draws.real(0.5, 2)))
    operator = draws.choice(OPERATORS).format(a=text(draws.scale(0.5, 20)))
    last = draws.choice((f"u(x, {text(height)})", f"u_y(x, {text(height)})"))
    sides = ["u(0, y)", f"u({text(width)}, y)", "u(x, 0)", last]
    return manufactured.case(
        draws, {"x": (0.0, width), "y": (0.0, height)}, {"u": shapes.field(draws, "xy")}, [operator.replace("lap(u)", "u_xx + u_yy")], sides
    )
