"""A run's film as browsers fetch it: many moments in one answer; and its losses."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from core.store import OVER, Run, RunStore, frames
from core.store.film import Numbered
from core.store.losses import curve

MOST = 64
"""Moments in an answer, unless fewer are asked for."""
SIZE = 4_000_000
"""Bytes of the moments of an answer, unless the first alone has more."""
_ALIGNMENT = 8


def piece(found: Sequence[Numbered]) -> bytes:
    """Moments one after another: number and length, uint32 each, the lowest byte first; then the bytes, and zeros up to a multiple of 8."""
    return b"".join(struct.pack("<II", number, len(data)) + data + bytes(-len(data) % _ALIGNMENT) for number, _, data in found)


def lasting(run: Run, found: Sequence[Numbered], newest: int) -> bool:
    """Tell whether an answer will be the same tomorrow: the run is over, and more follows."""
    return run.status in OVER and bool(found) and found[-1][0] < newest


def losses(store: RunStore, run: Run) -> bytes:
    """The frame of a run's loss by the step, thinned; each term with its weight, as it counts in the total."""
    weights = {f"loss.{term}": weight for term, weight in run.experiment.weights}
    found = curve(store.losses(run.id), run.experiment.weights)
    return frames.pack({"run": run.id}, {name: values * weights.get(name, 1.0) for name, values in found.items()})
