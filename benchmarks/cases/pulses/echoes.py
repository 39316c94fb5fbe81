"""A string whose end is jerked: the pulse travels, and comes back from the other end (d'Alembert)."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.pulses import signals
from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.responses import Signal


def draw(draws: Draws) -> Case:
    """u_tt = c²·u_xx from rest, the left end moved by a pulse or a step, the right end held or free."""
    u = draws.choice(("u", "w", "p"))
    length, end = draws.choice((1.0, 2.0, draws.scale(0.2, 10))), draws.choice((1.0, draws.scale(0.2, 5)))
    speed = rounded(draws.real(0.5, 2.5) * length / end)
    signal = signals.pulse(draws, end, 5e-3) if draws.chance(0.8) else signals.step(draws, end)
    free = draws.chance(0.4)
    table = draws.table(
        {"c": speed},
        coordinates={"x": [0, length], "t": [0, end]},
        unknowns=[u],
        equations=[f"{u}_tt = c^2*{u}_xx"],
        conditions=[
            f"{u}(x, 0) = 0",
            f"{u}_t(x, 0) = 0",
            f"{u}(0, t) = {signal.write('t')}",
            f"{u}_x({text(length)}, t) = 0" if free else f"{u}({text(length)}, t) = 0",
        ],
    )

    def truth(x: Array, t: Array) -> Array:
        """Held: Σ g(t − (2kL + x)/c) − g(t − (2(k + 1)L − x)/c); free: Σ (−1)ᵏ·(the same with a plus)."""
        total = np.zeros_like(x)
        for number in range(int(speed * end / (2 * length)) + 2):
            there, back = t - (2 * number * length + x) / speed, t - (2 * (number + 1) * length - x) / speed
            factor, turned = ((-1) ** number, 1) if free else (1, -1)
            total += factor * (_since(signal, there) + turned * _since(signal, back))
        return total

    return Case(table, one(truth))


def _since(signal: Signal, times: Array) -> Array:
    """The signal after the start, and 0 before it."""
    return np.where(times > 0, signal.at(times), 0.0)
