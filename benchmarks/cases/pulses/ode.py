"""Pulses and steps that act on u' = −rate·u, from rest or not: what an integrator with large steps does not see."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.pulses import signals
from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded


def draw(draws: Draws) -> Case:
    """One signal, its width down to 1e-4 of the time; from rest in three of four cases."""
    u, t = draws.choice(("u", "C", "v", "q")), draws.choice(("t", "t", "x"))
    end = draws.choice((1.0, 10.0, 48.0, draws.scale(0.1, 1000)))
    rate = draws.choice((0.0, rounded(draws.real(0.5, 8) / end)))
    start = draws.choice((0.0, 0.0, 0.0, draws.real(0.1, 2)))
    signal = signals.any_signal(draws, end, 1e-4)
    right = f"-rate*{u} + {signal.write(t)}" if rate else signal.write(t)
    table = draws.table(
        {"rate": rate} if rate else None,
        coordinates={t: [0, end]},
        unknowns=[u],
        equations=[f"{u}_{t} = {right}"],
        conditions=[f"{u}(0) = {start:g}"],
    )

    def truth(times: Array) -> Array:
        return start * np.exp(-rate * times) + signal.answer(rate, times)

    return Case(table, one(truth))
