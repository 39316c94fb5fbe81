"""A FitzHugh-Nagumo neuron at rest that a short current excites, or leaves quiet (FitzHugh 1961): by SciPy, piece by piece."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import brentq

from benchmarks.tribunal.case import Array, Case
from benchmarks.tribunal.draws import Draws, text
from benchmarks.witnesses.integration import witness
from benchmarks.witnesses.responses import Steps


def draw(draws: Draws) -> Case:
    """v_t = v − v³/3 − w + current, w_t = e·(v + a − b·w), from near rest; the current is on for a short while."""
    end = draws.choice((40.0, 60.0, 100.0))
    e, a, b = 0.08, draws.choice((0.7, draws.real(0.65, 0.75))), 0.8
    rest = float(f"{brentq(lambda v: v - v**3 / 3 - (v + a) / b, -2, -0.5):.4g}")
    begin, width, height = draws.real(0.3, 0.6) * end, draws.choice((0.2, 0.5, 1.0)), draws.real(0.5, 4)
    current = Steps((begin, round(begin + width, 10)), (height, -height))
    recovery = float(f"{(rest + a) / b:.4g}")
    table = draws.table(
        {"a": a, "b": b, "eps": e},
        coordinates={"t": [0, end]},
        unknowns=["v", "w"],
        equations=[f"v_t = v - v^3/3 - w + {current.write('t')}", "w_t = eps*(v + a - b*w)"],
        conditions=[f"v(0) = {text(rest)}", f"w(0) = {text(recovery)}"],
    )

    def rates(time: float, y: Array) -> Any:
        v, w = y
        on = height * (begin < time < current.places[1])
        return np.array([v - v**3 / 3 - w + on, e * (v + a - b * w)])

    return Case(table, witness(rates, (rest, recovery), current.places))
