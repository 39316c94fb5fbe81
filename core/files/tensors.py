"""Named arrays and a header in one block of bytes: a safetensors file, with the header as JSON in its metadata, so that any tool opens it.

A safetensors file begins with the length of a table of contents, a uint64, the lowest byte first; then comes that table, JSON, and then the
arrays' data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from core.files.plain import to_json

HEADER = "header"
"""The name under which the metadata have the header."""
_LENGTH = 8  # bytes


def packed(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The file of `header` and `arrays`, of whatever types these are; a number of the header that is not finite becomes null."""
    data: bytes = save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, {HEADER: to_json(header) or "{}"})
    return data


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays of a file, as they were packed."""
    return header_of(data), load(data)


def header_of(data: bytes) -> dict[str, Any]:
    """The header of a file; its arrays are not read. A file without one has an empty header."""
    found: dict[str, Any] = json.loads(metadata(data).get(HEADER, "{}"))
    return found


def metadata(data: bytes) -> Mapping[str, str]:
    """The metadata of any safetensors file."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    found: Mapping[str, str] = json.loads(data[_LENGTH:end]).get("__metadata__", {})
    return found
