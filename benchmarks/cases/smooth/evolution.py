"""Diffusion, waves and currents with smooth solutions in x and t, alone or in pairs."""

from __future__ import annotations

from benchmarks.cases.smooth import manufactured, shapes
from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws, text

DIFFUSION = (
    "u_t - {k}*u_xx",
    "u_t - {k}*u_xx + {a}*u",
    "u_t + {v}*u_x - {k}*u_xx",
    "u_t - {k}*u_xx + u^3",
    "u_t + u*u_x - {k}*u_xx",
    "u_t - D((1 + x)*u_x, x)",
    "u_t - {k}*D((1 + u^2)*u_x, x)",
)
WAVES = ("u_tt - {a}*u_xx", "u_tt + u_t - {a}*u_xx", "u_tt - {a}*u_xx + u", "u_tt - u_xx + sin(u)")
CURRENTS = ("u_t + {a}*u_x", "u_t + {a}*u_x + u", "u_t + (1 + x)*u_x")
PAIRS = (("u_t - {k}*u_xx + v", "v_t - {k}*v_xx - u"), ("u_t - {k}*u_xx + u*v", "v_t - v_xx - u*v"), ("u_t + v_xx/2", "v_t - u_xx/2"))
ENDS = (("u(0, t)", "u(1, t)"), ("u(0, t)", "u_x(1, t)"), ("u_x(0, t)", "u(1, t)"), ("u(0, t)", "u_x(1, t) + u(1, t)"))


def draw(draws: Draws) -> Case:
    """An evolution on 0 ≤ x ≤ 1, for a time around 1."""
    ranges = {"x": (0.0, 1.0), "t": (0.0, draws.choice((1.0, 0.5, draws.real(0.3, 2))))}
    numbers = {"k": text(draws.scale(0.02, 1)), "a": text(draws.real(0.5, 3)), "v": text(draws.real(-2, 2))}
    kind = draws.choice(("diffusion", "diffusion", "waves", "currents", "pairs"))
    if kind == "pairs":
        operators = [item.format(**numbers) for item in draws.choice(PAIRS)]
        fields = {"u": shapes.field(draws, "xt"), "v": shapes.field(draws, "xt")}
        return manufactured.case(draws, ranges, fields, operators, ["u(x, 0)", "v(x, 0)", "u(0, t)", "u(1, t)", "v(0, t)", "v(1, t)"])
    operator = draws.choice({"diffusion": DIFFUSION, "waves": WAVES, "currents": CURRENTS}[kind]).format(**numbers)
    starts = {"diffusion": ["u(x, 0)"], "waves": ["u(x, 0)", "u_t(x, 0)"], "currents": ["u(x, 0)"]}[kind]
    ends = {"diffusion": draws.choice(ENDS), "waves": draws.choice(ENDS[:3]), "currents": ("u(0, t)",)}[kind]
    return manufactured.case(draws, ranges, {"u": shapes.field(draws, "xt")}, [operator], [*starts, *ends])
