"""Smooth waves in periodic domains, and periodic orbits of ordinary equations."""

from __future__ import annotations

from benchmarks.cases.smooth import manufactured
from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws, rounded, text

OPERATORS = (
    ("u_t + {a}*u_x", 1),
    ("u_t + {a}*u_x - {k}*u_xx", 2),
    ("u_t + u*u_x - {k}*u_xx", 2),
    ("u_t - {k}*u_xx + u^3", 2),
    ("u_tt - {a}*u_xx", 2),
    ("u_t + u*u_x + {k}*u_xxx/50", 3),
)


def draw(draws: Draws) -> Case:
    """An evolution around a ring, or a forced linear oscillation that repeats itself."""
    if draws.chance(0.25):
        return _orbit(draws)
    length = draws.choice((1.0, 2.0, draws.real(0.5, 5)))
    wave = f"{2 * draws.whole(1, 2)}*pi*x/{text(length)}"
    shape = draws.choice(("sin({w} - {b}*t)", "exp(-{b}*t)*cos({w})", "1/(2 + sin({w} + {b}*t))", "exp(sin({w}))*cos({b}*t)"))
    operator, order = draws.choice(OPERATORS)
    ends = [
        f"u{'_' * (number > 0)}{'x' * number}(0, t) = u{'_' * (number > 0)}{'x' * number}({text(length)}, t)" for number in range(order)
    ]
    starts = ["u(x, 0)"] + ["u_t(x, 0)"] * ("u_tt" in operator)
    ranges = {"x": (0.0, length), "t": (0.0, 1.0)}
    numbers = {"a": text(draws.real(0.5, 2)), "k": text(draws.scale(0.02, 0.5))}
    return manufactured.case(
        draws, ranges, {"u": shape.format(w=wave, b=text(draws.real(0.5, 3)))}, [operator.format(**numbers)], [*starts, *ends]
    )


def _orbit(draws: Draws) -> Case:
    """u' + a·u = f(t) with u(0) = u(2·pi/b), f of that period."""
    b = draws.choice((1.0, 2.0, draws.real(0.5, 3)))
    end = f"2*pi/{text(b)}"
    solution = draws.choice(("sin({b}*t) + 0.3*cos(2*{b}*t)", "exp(sin({b}*t))", "1/(2 + cos({b}*t))")).format(b=text(b))
    ranges = {"t": (0.0, 2 * 3.141592653589793 / b)}
    operator = draws.choice(("u_t + {a}*u", "u_t + u^3 + {a}*u")).format(a=text(rounded(draws.real(0.3, 2))))
    return manufactured.case(draws, ranges, {"u": solution}, [operator], [f"u(0) = u({end})"])
