"""Moments of a run's film: a header and named fields in one block of bytes, a safetensors file whose tensors are int16.

A value is offset + scale · integer, with a scale and an offset for each tensor in `header["scales"]`; -32768 stands for what is not finite.
The tensors are `solution.U` and `error.U` of each unknown U, `residual.N` of each equation, `slope.U` where data alone are learned, and
`weights.N` of each layer. Axes are not among them, as they follow from the coordinates and the shapes, nor is the reference, which is the
same for all moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files import tensors
from core.store import frames

Array = NDArray[np.float64]

SCALES = "scales"
VALIDATION = "validation"
"""The header's name for the loss at data that are held out, where some are."""
_KINDS = ("solution.", "error.", "residual.", "slope.", "weights.")
_NOTHING = -32768
_LARGEST = 32767
_ENDLESS = 1e300  # counts as infinite, so that no range is


@dataclass(frozen=True)
class Moment:
    """A packed moment: its step, and how much the picture changed since the moment before, as a share of its range; None for the first."""

    step: int
    change: float | None
    data: bytes


def pack(header: Mapping[str, Any], fields: Mapping[str, NDArray[Any]]) -> bytes:
    """The moment of `header` and `fields`, each rounded to 1/65534 of its own range."""
    rounded = {name: _rounded(np.asarray(field, np.float64)) for name, field in fields.items()}
    scales = {name: [scale, offset] for name, (_, scale, offset) in rounded.items()}
    return tensors.packed({**header, SCALES: scales}, {name: integers for name, (integers, _, _) in rounded.items()})


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header and the fields of a moment; a frame, of whichever layout, is read as one."""
    if frames.is_old(data) or SCALES not in tensors.header_of(data):
        header, arrays = frames.unpack(data)
        return header, {name: array.astype(np.float64) for name, array in arrays.items() if name.startswith(_KINDS)}
    header, integers = tensors.unpacked(data)
    scales = header.pop(SCALES)
    return header, {name: _restored(values, *scales[name]) for name, values in integers.items()}


def header_of(data: bytes) -> dict[str, Any]:
    """The header of a moment, or of a frame of whichever layout."""
    return frames.unpack(data)[0] if frames.is_old(data) else tensors.header_of(data)


def of_frame(data: bytes) -> bytes:
    """The moment that a frame of the layout of before shows; any other bytes as they are."""
    if not frames.is_old(data):
        return data
    header, fields = unpack(data)
    return pack({**header, "change": None}, fields)


def _rounded(values: Array) -> tuple[NDArray[np.int16], float, float]:
    """The integers of values, their scale and their offset."""
    finite = np.abs(values) < _ENDLESS
    low, high = (float(end) for end in (values[finite].min(), values[finite].max())) if finite.any() else (0.0, 0.0)
    scale, offset = high / (2 * _LARGEST) - low / (2 * _LARGEST), low / 2 + high / 2
    integers = np.full(values.shape, _NOTHING, "<i2")
    shares = (values[finite] - offset) / scale if scale > 0 else np.zeros(int(finite.sum()))
    integers[finite] = np.rint(shares).clip(-_LARGEST, _LARGEST)
    return integers, scale, offset


def _restored(integers: NDArray[Any], scale: float, offset: float) -> Array:
    return np.where(integers == _NOTHING, np.nan, offset + scale * integers.astype(np.float64))
