"""The regular grids on which solutions are shown and scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TOLERANCE, Interval

Array = NDArray[np.float64]

FULL: Mapping[int, int] = {1: 401, 2: 101, 3: 33}
"""Points an axis by the number of coordinates: for references, for what is kept, and for the figures that are quoted."""
LIVE: Mapping[int, int] = {count: points // 2 + 1 for count, points in FULL.items()}
"""Every second point of `FULL`, so that a frame costs less than a training step."""
RESIDUAL: Mapping[int, int] = {1: 101, 2: 21, 3: 9}
"""A coarser grid still, as residuals cost several passes."""


def axes(coordinates: Sequence[Interval], counts: Mapping[int, int]) -> tuple[Array, ...]:
    """The grid's values along each coordinate, (count,) each, from end to end."""
    count = counts[len(coordinates)]
    return tuple(np.linspace(item.low, item.high, count) for item in coordinates)


def through(coordinates: Sequence[Interval], place: Sequence[float]) -> tuple[Array, ...]:
    """The axes of `FULL` with the values of a place among theirs, so that nothing need be interpolated there."""
    along = zip(axes(coordinates, FULL), place, strict=True)
    return tuple(axis if _has(axis, value) else np.sort(np.append(axis, value)) for axis, value in along)


def index(axes: Sequence[Array], place: Sequence[float]) -> tuple[int, ...]:
    """Where a place is on a grid that has it."""
    return tuple(int(np.abs(axis - value).argmin()) for axis, value in zip(axes, place, strict=True))


def _has(axis: Array, value: float) -> bool:
    return bool(np.abs(axis - value).min() <= TOLERANCE * max(1.0, float(np.ptp(axis))))


def points(axes: Sequence[Array]) -> Array:
    """The grid's points, (n, d), the last coordinate running fastest."""
    return np.stack([part.ravel() for part in np.meshgrid(*axes, indexing="ij")], axis=1)
