"""Boundary value problems with one smooth solution: what they contain of u grows with u, so that there is no second."""

from __future__ import annotations

from benchmarks.cases.smooth import manufactured, shapes
from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws, text

SECOND = (
    "u_xx - {a}*u",
    "-u_xx + {b}*u",
    "u_xx + {c}*u_x - {a}*u",
    "u_xx - u^3",
    "u_xx - sinh(u)",
    "D((1 + x^2)*u_x, x) - u",
    "(1 + x)*u_xx + u_x",
    "u_xx - {a}*x^2*u",
)
GIVEN = "u_xx - u*u_x"
"""An equation with one solution where both ends are given; a slope at an end may allow a second."""
FOURTH = ("u_xxxx + {a}*u", "u_xxxx - {a}*u_xx", "D((1 + x/2)*u_xx, x, 2)")


def draw(draws: Draws) -> Case:
    """A problem of second order in three of four cases, with values, slopes or both given."""
    end = draws.choice((1.0, 2.0, draws.real(0.5, 3)))
    numbers = {"a": text(draws.real(0.5, 5)), "b": text(draws.scale(1, 100)), "c": text(draws.real(-4, 4))}
    far = text(end)
    if draws.chance(0.25):
        operator, places = (
            draws.choice(FOURTH),
            draws.choice((["u(0)", "u_x(0)", f"u({far})", f"u_x({far})"], ["u(0)", "u_xx(0)", f"u({far})", f"u_xx({far})"])),
        )
    else:
        operator = draws.choice((*SECOND, GIVEN))
        places = draws.choice((["u(0)", f"u({far})"], ["u(0)", f"u_x({far})"], ["u(0)", f"u_x({far}) + 2*u({far})"]))
        places = ["u(0)", f"u({far})"] if operator == GIVEN else places
    return manufactured.case(draws, {"x": (0.0, end)}, {"u": shapes.line(draws, "x")}, [operator.format(**numbers)], places)
