"""Steady conduction where the conductivity bends: abs, min and max inside a derivative, whose own derivative is a step."""

from __future__ import annotations

import numpy as np

from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.quadrature import running


def draw(draws: Draws) -> Case:
    """D(k*u_x, x) + f = 0 between held ends, k bending once or twice."""
    u, x = draws.choice(("u", "T", "phi")), draws.choice(("x", "z"))
    length = draws.choice((1.0, 2.0, draws.scale(0.1, 20)))
    low, high = draws.scale(0.2, 2), draws.scale(3, 10)
    bend, other = (rounded(place * length) for place in draws.ordered(2, 0.15, 0.9, 0.2))
    rise = rounded((high - low) / length)
    way = draws.choice(("abs", "max", "min", "ramp"))
    written = {
        "abs": f"{text(low)} + {text(rise)}*abs({x} - {text(bend)})",
        "max": f"max({text(low)}, {text(low)} + {text(rise)}*({x} - {text(bend)}))",
        "min": f"{text(low)} + min({text(rise)}*{x}, {text(rise)}*{text(bend)})",
        "ramp": f"{text(low)} + {text(high)}*min(1, max(0, ({x} - {text(bend)})/{text(rounded(other - bend))}))",
    }[way]
    top = bend + rounded(other - bend)

    def conductivity(s: Array) -> Array:
        laws: dict[str, Array] = {
            "abs": low + rise * np.abs(s - bend),
            "max": np.maximum(low, low + rise * (s - bend)),
            "min": low + np.minimum(rise * s, rise * bend),
            "ramp": low + high * np.clip((s - bend) / (top - bend), 0, 1),
        }
        return laws[way]

    heat = rounded(draws.real(-5, 5) / length**2) if draws.chance(0.5) else 0.0
    begin, end = draws.real(-2, 2), draws.real(-2, 2)
    table = draws.table(
        coordinates={x: [0, length]},
        unknowns=[u],
        definitions={"k": written},
        equations=[f"D(k*{u}_{x}, {x}) + {text(heat)} = 0"],
        conditions=[f"{u}(0) = {text(begin)}", f"{u}({text(length)}) = {text(end)}"],
    )

    def truth(axes: Axes) -> Array:
        """The integral of u' = (flux − heat·s)/k."""
        ease = running(lambda s: 1 / conductivity(s), axes[0], (bend, top))
        warmed = running(lambda s: -heat * s / conductivity(s), axes[0], (bend, top))
        flux = (end - begin - warmed[-1]) / ease[-1]
        return np.asarray(begin + warmed + flux * ease)[:, None]

    return Case(table, Solutions((truth,)))
