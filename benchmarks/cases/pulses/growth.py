"""Nonlinear growth that a pulse sets off: equations that a substitution solves by the integral of the pulse."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.pulses import signals
from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """u' = g(t)·u, g(t)·u·(1 − u), g(t)·(1 + u²) or g(t)·exp(−u), from a given value."""
    u, t = draws.choice(("u", "N", "y")), draws.choice(("t", "x"))
    end = draws.choice((1.0, 10.0, draws.scale(0.2, 100)))
    signal = signals.pulse(draws, end, 2e-4)
    whole = float(signal.answer(0.0, np.array([end]))[0])
    gain = rounded(draws.real(0.2, 1.2) / whole)
    way = draws.choice(("proportional", "logistic", "tangent", "logarithm"))
    start = {"proportional": draws.real(0.5, 2), "logistic": draws.real(0.05, 0.5), "tangent": 0.0, "logarithm": 0.0}[way]
    law = {"proportional": u, "logistic": f"{u}*(1 - {u})", "tangent": f"(1 + {u}^2)", "logarithm": f"exp(-{u})"}[way]
    table = draws.table(
        {"g": gain},
        coordinates={t: [0, end]},
        unknowns=[u],
        equations=[f"{u}_{t} = g*({signal.write(t)})*{law}"],
        conditions=[f"{u}(0) = {text(start)}"],
    )

    def truth(times: Array) -> Array:
        total = gain * signal.answer(0.0, times)
        laws: dict[str, Array] = {
            "proportional": start * np.exp(total),
            "logistic": start * np.exp(total) / (1 - start + start * np.exp(total)),
            "tangent": np.tan(total),
            "logarithm": np.log1p(total),
        }
        return laws[way]

    return Case(table, one(truth))
