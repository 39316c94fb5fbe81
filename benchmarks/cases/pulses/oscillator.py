"""An oscillator that is struck: steps and rectangular pulses in its force, piece by piece exact."""

from __future__ import annotations

import numpy as np

from benchmarks.cases.pulses.trains import pieces
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.layers import Layer, march
from benchmarks.witnesses.responses import Steps


def draw(draws: Draws) -> Case:
    """u_tt + 2*d*u_t + w^2*u = force from rest, or from a small displacement; one to three rectangular pulses or steps."""
    u = draws.choice(("u", "y", "q"))
    end = draws.choice((1.0, 10.0, draws.scale(0.5, 100)))
    frequency, damping = rounded(draws.real(1, 40) / end), rounded(draws.choice((0.0, draws.real(0.1, 3))) / end)
    start = draws.choice((0.0, 0.0, draws.real(0.1, 1)))
    count = draws.whole(1, 3)
    width = rounded(draws.scale(2e-4, 0.02) * end)
    height = rounded(draws.real(0.5, 3) / end / (width if draws.chance(0.5) else end))
    begins = [rounded(place * end) for place in draws.ordered(count, 0.2, 0.85, 0.15)]
    lone = draws.chance(0.25)
    places = tuple(place for begin in begins for place in (begin, round(begin + width, 12)))
    force = Steps((begins[0],), (height,)) if lone else Steps(places, (height, -height) * count, draws.choice(("heaviside", "sign")))
    table = draws.table(
        {"w": frequency, **({"d": damping} if damping else {})},
        coordinates={"t": [0, end]},
        unknowns=[u],
        equations=[f"{u}_tt + {f'2*d*{u}_t + ' if damping else ''}w^2*{u} = {force.write('t')}"],
        conditions=[f"{u}(0) = {text(start)}", f"{u}_t(0) = 0"],
    )

    def truth(axes: Axes) -> Array:
        matrix = np.array([[0, 1], [-(frequency**2), -2 * damping]])
        layers = [Layer(low, high, matrix, np.array([0, level])) for low, high, level in pieces(force, end)]
        return march(layers, (start, 0.0), axes[0])[:, :1]

    return Case(table, Solutions((truth,)))
