"""How the loss of a run went, from the losses of its steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.diagnosis.quantities import Held, History

Array = NDArray[np.float64]
BLOCKS = 40
"""Stretches whose medians stand for the loss, so that a single step counts for nothing."""
LEAST = 3
"""Losses without which no line is drawn through them."""


def history(totals: Array) -> History | None:
    """The history of the losses of all steps, (steps,); None without any."""
    if not len(totals):
        return None
    medians = [float(np.median(block)) for block in np.array_split(totals, min(BLOCKS, len(totals)))]
    return History(
        steps=len(totals),
        first=medians[0],
        lowest=min(medians),
        last=medians[-1],
        half=_fell(totals[len(totals) // 2 :]),
        fifth=_fell(totals[len(totals) * 4 // 5 :]),
    )


def _fell(totals: Array) -> float:
    """The factor by which losses fall, (steps,): that of a straight line, of least squares, through their logarithms; 1 of too few."""
    if len(totals) < LEAST:
        return 1.0
    tiny = np.finfo(np.float64).tiny
    slope = np.polynomial.polynomial.polyfit(np.linspace(0, 1, len(totals)), np.log(np.maximum(totals, tiny)), 1)[1]
    return float(np.exp(np.clip(-slope, -300, 300)))


def held(losses: Array, told: Mapping[int, float]) -> Held | None:
    """The lowest and the last loss at data that are held out, of those `told` by their step, and `losses`, (steps,), near these steps.

    None where fewer than `LEAST` moments tell it.
    """
    steps = sorted(step for step, value in told.items() if 0 < step <= len(losses))
    if len(steps) < LEAST:
        return None
    lowest, last = min(steps, key=told.__getitem__), steps[-1]
    return Held(lowest, told[lowest], told[last], _around(losses, lowest), _around(losses, last))


def _around(losses: Array, step: int) -> float:
    """The median of the losses around a step, as those of batches jump."""
    reach = max(1, len(losses) // BLOCKS)
    return float(np.median(losses[max(0, step - reach) : step + reach]))
