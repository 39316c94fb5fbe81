"""Doses of a drug at intervals, each infused within minutes: one or two compartments."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.pulses.trains import pieces
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, text
from benchmarks.witnesses.layers import Layer, march
from benchmarks.witnesses.responses import Steps


def draw(draws: Draws) -> Case:
    """A body with two to four doses over one or two days, from nothing or from what was there."""
    end, count = draws.choice((24.0, 48.0)), draws.whole(2, 4)
    width, height = draws.choice((0.05, 0.1, 0.25)), draws.scale(5, 50)
    times = [round(end / (count + 0.5) * (number + draws.choice((0.25, 0.5)))) for number in range(count)]
    infusion = Steps(tuple(place for time in times for place in (time, time + width)), (height, -height) * count)
    loss, there, back = draws.scale(0.05, 0.8), draws.scale(0.1, 0.6), draws.scale(0.05, 0.4)
    start = draws.choice((0.0, 1.0, draws.real(0.1, 5)))
    two = draws.chance(0.4)
    flow = " - a*C + b*P" if two else ""
    table = draws.table(
        {"k": loss, **({"a": there, "b": back} if two else {})},
        coordinates={"t": [0, end]},
        unknowns=["C", "P"] if two else ["C"],
        equations=[f"C_t = -k*C{flow} + {infusion.write('t')}", *(["P_t = a*C - b*P"] if two else [])],
        conditions=[f"C(0) = {text(start)}", *(["P(0) = 0"] if two else [])],
    )

    def truth(axes: Axes) -> Array:
        matrix = np.array([[-loss - there, back], [there, -back]]) if two else np.array([[-loss]])
        unit = np.array([1.0, 0.0]) if two else np.array([1.0])
        layers = [Layer(low, high, matrix, level * unit) for low, high, level in pieces(infusion, end)]
        return march(layers, (start, 0.0) if two else (start,), axes[0])

    return Case(table, Solutions((truth,)))
