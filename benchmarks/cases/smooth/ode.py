"""Ordinary differential equations with smooth solutions, from given starts: first to third order, linear or not, alone or in pairs."""

from __future__ import annotations

from benchmarks.cases.smooth import manufactured, shapes
from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws, text

OPERATORS: dict[str, int] = {
    "u_t + {a}*u": 1,
    "u_t + {a}*u^3": 1,
    "u_t - sin(u)": 1,
    "u_t + {a}*t*u": 1,
    "(1 + t)*u_t + {a}*u": 1,
    "u_t + {a}*abs(u)*u": 1,
    "u_tt + {a}*u_t + {b}*u": 2,
    "u_tt + {b}*sin(u)": 2,
    "u_tt + u_t + {a}*u^3": 2,
    "u_tt + t*u_t + {a}*u": 2,
    "u_ttt + {a}*u_tt + u_t + u": 3,
}
PAIRS = (
    ("u_t + {a}*u - v", "v_t + u + v"),
    ("u_t - {a}*v", "v_t + {b}*u"),
    ("u_t + u*v", "v_t + {a}*v - u^2"),
    ("u_t + {a}*(u - v)", "v_t + u + v^3"),
)


def draw(draws: Draws) -> Case:
    """A pair in one of three cases."""
    numbers = {"a": text(draws.real(0.5, 3)), "b": text(draws.scale(1, 30))}
    ranges = {"t": (0.0, draws.choice((1.0, 3.0, draws.real(0.5, 5))))}
    if draws.chance(0.33):
        pair = [item.format(**numbers) for item in draws.choice(PAIRS)]
        return manufactured.case(draws, ranges, {"u": shapes.line(draws, "t"), "v": shapes.line(draws, "t")}, pair, ["u(0)", "v(0)"])
    operator, order = draws.choice(tuple(OPERATORS.items()))
    places = [f"u{'_' * (number > 0)}{'t' * number}(0)" for number in range(order)]
    return manufactured.case(draws, ranges, {"u": shapes.line(draws, "t")}, [operator.format(**numbers)], places)
