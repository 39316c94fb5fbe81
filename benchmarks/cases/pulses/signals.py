"""Steps and narrow pulses in time, drawn."""

from __future__ import annotations

from benchmarks.tribunal.draws import Draws, rounded
from benchmarks.witnesses.responses import Bell, Signal, Steps, Tent


def step(draws: Draws, end: float) -> Signal:
    """A step somewhere between a tenth and nine tenths of the time."""
    return Steps((rounded(draws.real(0.1, 0.9) * end),), (draws.real(0.5, 3),), draws.choice(("heaviside", "sign")))


def pulse(draws: Draws, end: float, narrowest: float) -> Signal:
    """A pulse: rectangular, bell-shaped or triangular, its width from `narrowest` to a twentieth of the time."""
    width = rounded(draws.scale(narrowest, 0.05) * end)
    centre, height = rounded(draws.real(0.4, 0.8) * end), draws.real(0.5, 3)
    kind = draws.choice(("box", "bell", "tent"))
    if kind == "box":
        return Steps((centre, round(centre + width, 12)), (height, -height), draws.choice(("heaviside", "sign")))
    return Bell(centre, width, height) if kind == "bell" else Tent(centre, width, height)


def any_signal(draws: Draws, end: float, narrowest: float = 1e-3) -> Signal:
    """A step or a pulse."""
    return step(draws, end) if draws.chance(0.35) else pulse(draws, end, narrowest)
