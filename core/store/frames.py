"""Frames: a header and named float32 arrays in one block of bytes, a safetensors file.

Stores of before have frames of another layout, which can still be read. Little endian: a uint32 with the header's length L; L bytes of
UTF-8 JSON, padded with spaces until 4 + L is a multiple of 8; the arrays' data. `header["arrays"]` maps each name to its `offset` (bytes
from the start of the data) and `shape`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files import tensors

Arrays = dict[str, NDArray[np.float32]]


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The frame of `header` and `arrays`; numbers that are not finite become null in the header and stay what they are in the data."""
    return tensors.packed(header, {name: np.asarray(array, dtype="<f4") for name, array in arrays.items()})


def unpack(data: bytes) -> tuple[dict[str, Any], Arrays]:
    """The header and the arrays of a frame, whichever layout it has."""
    return _unpacked(data) if is_old(data) else tensors.unpacked(data)


def is_old(data: bytes) -> bool:
    """Tell whether a frame has the layout of before: its header begins after four bytes, that of a safetensors file after eight."""
    return data[4:5] == b"{"


def _unpacked(data: bytes) -> tuple[dict[str, Any], Arrays]:
    """The header, without its `arrays`, and the arrays of a frame of the layout of before."""
    (length,) = struct.unpack_from("<I", data)
    header: dict[str, Any] = json.loads(data[4 : 4 + length])
    start = 4 + length
    arrays = {
        name: np.frombuffer(data, "<f4", count=int(np.prod(place["shape"])), offset=start + place["offset"]).reshape(place["shape"])
        for name, place in header.pop("arrays").items()
    }
    return header, arrays
