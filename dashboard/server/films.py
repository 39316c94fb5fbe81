"""A run's film as browsers fetch it: many moments in one answer; and, for pages that draw single frames, a moment as a frame."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import Interval
from core.store import OVER, Run, RunStore, frames, moments
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
    """Whether an answer will be the same tomorrow: the run is over, and more follows."""
    return run.status in OVER and bool(found) and found[-1][0] < newest


def losses(store: RunStore, run: Run) -> bytes:
    """The frame of a run's loss by the step, thinned."""
    arrays: dict[str, NDArray[Any]] = dict(curve(store.losses(run.id), run.experiment.weights))
    return frames.pack({"run": run.id}, arrays)


def newest_frame(store: RunStore, run: Run, since: int) -> tuple[int, bytes] | None:
    """The newest moment's number and frame, or None where it is `since`; of a run at rest the frame in which it was left."""
    number = store.newest_moment(run.id)
    kept = store.frame(run.id) if run.status not in ("queued", "running") else None
    if kept is not None:
        number = max(number, 1)
    if number <= max(since, 0):
        return None
    if kept is not None:
        return number, kept[1]
    ((_, _, data),) = store.moments(run.id, number - 1, 1)
    return number, as_frame(store, run, data)


def as_frame(store: RunStore, run: Run, moment: bytes) -> bytes:
    """The frame of a moment: with axes, and the losses until then."""
    header, fields = moments.unpack(moment)
    axes = _axes("axis.", run.experiment.bound.coordinates, fields, "solution.")
    coarse = _axes("residual-axis.", run.experiment.bound.coordinates, fields, "residual.")
    until = store.losses(run.id)[: header["step"] + 1]
    return frames.pack(header, {**axes, **coarse, **fields, **curve(until, run.experiment.weights)})


def _axes(prefix: str, coordinates: Sequence[Interval], fields: dict[str, NDArray[np.float64]], kind: str) -> dict[str, NDArray[Any]]:
    """The axes of the fields of one kind, by name; none where there is no such field."""
    shape = next((field.shape for name, field in fields.items() if name.startswith(kind)), ())
    found = grids.axes(coordinates, {len(coordinates): shape[0]}) if shape else ()
    return {f"{prefix}{item.name}": axis for item, axis in zip(coordinates, found, strict=False)}
