"""Named arrays and a header in one block of bytes: a safetensors file, with the header as JSON in its metadata, so that any tool opens it.

A safetensors file begins with the length of a table of contents, a uint64, the lowest byte first; then comes that table, JSON, and then the
arrays' data. The table is sorted, so the metadata also have the names in the order in which they were given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from core.files.plain import to_json

HEADER, NAMES = "header", "names"
"""The names under which the metadata have the header, and the arrays' names in their order."""
_LENGTH = 8  # bytes


def packed(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The file of `header` and `arrays`, of whatever types these are; a number of the header that is not finite becomes null."""
    known = {HEADER: to_json(header) or "{}", NAMES: json.dumps(list(arrays))}
    data: bytes = save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, known)
    return data


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays of a file, as they were packed."""
    arrays = load(data)
    names = json.loads(metadata(data).get(NAMES, "[]")) or sorted(arrays)
    return header_of(data), {name: arrays[name] for name in names}


def header_of(data: bytes) -> dict[str, Any]:
    """The header of a file; its arrays are not read. A file without one has an empty header."""
    found: dict[str, Any] = json.loads(metadata(data).get(HEADER, "{}"))
    return found


def metadata(data: bytes) -> Mapping[str, str]:
    """The metadata of any safetensors file."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    found: Mapping[str, str] = json.loads(data[_LENGTH:end]).get("__metadata__", {})
    return found
