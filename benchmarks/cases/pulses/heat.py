"""Heat that a step or a pulse lets in: at an end that is held, through one that is heated or blown at, or from a source inside."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from benchmarks.cases.pulses import signals
from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.elements import Held, Open, Rod
from benchmarks.witnesses.responses import Constant, Scaled


def draw(draws: Draws) -> Case:
    """Heat from rest, the other end held at 0 or insulated; pulses down to a thousandth of the time."""
    u, x = draws.choice(("u", "T", "c")), draws.choice(("x", "z"))
    length, end = draws.choice((1.0, draws.scale(0.1, 5))), draws.choice((1.0, draws.scale(0.1, 10)))
    spreading = rounded(draws.scale(0.05, 2) * length**2 / end)
    signal = signals.any_signal(draws, end, 1e-3)
    way = draws.choice(("held", "heated", "air", "source"))
    ease = rounded(draws.real(0.5, 8) / length)
    written = signal.write("t")
    first = {
        "held": f"{u}(0, t) = {written}",
        "heated": f"{u}_{x}(0, t) = -({written})",
        "air": f"{u}_{x}(0, t) = {text(ease)}*({u}(0, t) - ({written}))",
        "source": f"{u}(0, t) = 0",
    }[way]
    source = f" + sin(pi*{x}/{text(length)})*({written})" if way == "source" else ""
    insulated = draws.chance(0.5) and way != "source"
    last = f"{u}_{x}({text(length)}, t) = 0" if insulated else f"{u}({text(length)}, t) = 0"
    table = draws.table(
        {"D": spreading},
        coordinates={x: [0, length], "t": [0, end]},
        unknowns=[u],
        equations=[f"{u}_t = D*{u}_{x}{x}{source}"],
        conditions=[f"{u}({x}, 0) = 0", first, last],
    )
    still = Held(Constant(0.0))
    ends: dict[str, Held | Open] = {
        "held": Held(signal),
        "heated": Open(0.0, Scaled(signal, spreading)),
        "air": Open(ease * spreading, Scaled(signal, ease * spreading)),
        "source": still,
    }

    def truth(axes: Axes, degree: int) -> Array:
        if way == "source":
            answer = signal.answer(spreading * (math.pi / length) ** 2, axes[1])
            return (np.sin(np.pi * axes[0] / length)[:, None] * answer)[:, :, None]
        rod = Rod((0.0, length), ends[way], Open() if insulated else still, lambda places: np.full_like(places, spreading), degree=degree)
        return rod.diffuse(np.zeros_like, *axes)[:, :, None]

    return Case(table, Solutions((partial(truth, degree=12),), None if way == "source" else partial(truth, degree=9)))
