"""Solutions stated as a formula with a narrow pulse, which equations hold in some cases, and nothing holds in the others."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.smooth.manufactured import formula_of
from benchmarks.tribunal.case import Case, Fate, Solutions
from benchmarks.tribunal.draws import Draws, text

PULSES = (
    "{h}*exp(-((x - {a})/{w})^2)",
    "{h}*sech((x - {a})/{w})",
    "{h}/(1 + ((x - {a})/{w})^2)",
    "{h}*(tanh((x - {a})/{w}) - tanh((x - {a} - 3*{w})/{w}))",
)
BENT = ("{h}*(heaviside(x - {a}) - heaviside(x - {a} - {w}))", "{h}*max(0, {w} - abs(x - {a}))", "{h}*exp(-abs(x - {a})/{w})")


def draw(draws: Draws) -> Case:
    """An equation of first or second order; a formula that is no solution is refused as it is read."""
    true = draws.chance(0.4)
    numbers = {"h": text(draws.scale(0.01, 10)), "a": text(draws.real(0.1, 0.9)), "w": f"{draws.scale(1e-3 if true else 1e-6, 1e-2):.8f}"}
    pulse = draws.choice(PULSES if true else (*PULSES, *BENT)).format(**numbers)
    operator, smooth, places = draws.choice((
        ("D({}, x) - {}", "exp(x)", ("u(0)",)),
        ("D({}, x, 2) - {}", "cosh(x)", ("u(0)", "u(1)")),
    ))  # fmt: skip
    formula = f"{smooth} + {pulse}"
    right = operator.format("w", "w") if true else "0"
    values = formula_of({"x": (0.0, 1.0)}, {"u": formula})((np.array([0.0, 1.0]),))[:, 0]
    table = draws.table(
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        definitions={"w": formula} if true else {},
        equations=[f"{operator.format('u', 'u')} = {right}"],
        conditions=[f"{place} = {float(value)!r}" for place, value in zip(places, values, strict=False)],
        exact={"u": formula},
    )
    return Case(table, Solutions((formula_of({"x": (0.0, 1.0)}, {"u": formula}),)) if true else Fate.NONE)
