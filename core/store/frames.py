"""Frames: a header and named float32 arrays in one block of bytes that a browser reads without copying.

Layout, little endian: a uint32 with the header's length L; L bytes of UTF-8 JSON, padded with spaces until 4 + L is a multiple of 8; the
arrays' data. `header["arrays"]` maps each name to its `offset` (bytes from the start of the data) and `shape`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALIGNMENT = 8  # so that a Float32Array may view any array in place


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The frame of `header` and `arrays`; numbers that are not finite become null in the header and NaN in the data."""
    places: dict[str, dict[str, Any]] = {}
    parts: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array, dtype="<f4").tobytes()
        places[name] = {"offset": offset, "shape": list(array.shape)}
        parts.append(data)
        offset += len(data)
    text = json.dumps(_finite({**header, "arrays": places}), separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % _ALIGNMENT)
    return b"".join([struct.pack("<I", len(text)), text, *parts])


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    """The header, without its `arrays`, and the arrays of a frame."""
    (length,) = struct.unpack_from("<I", data)
    header: dict[str, Any] = json.loads(data[4 : 4 + length])
    start = 4 + length
    arrays = {
        name: np.frombuffer(data, "<f4", count=int(np.prod(place["shape"])), offset=start + place["offset"]).reshape(place["shape"])
        for name, place in header.pop("arrays").items()
    }
    return header, arrays


def _finite(value: Any) -> Any:
    """`value` with every float that JSON cannot carry replaced by None."""
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
