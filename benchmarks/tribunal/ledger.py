"""Records kept in a file as they are made, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.tribunal.hearing import Record


def read(path: Path | None) -> dict[str, Record]:
    """The records of a file by their names, none where there is no file; a last line that was cut off is left out."""
    if path is None or not path.exists():
        return {}
    records = {}
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            record = Record(**json.loads(line))
            records[record.name] = record
    return records


def mend(path: Path) -> None:
    """Remove a last line that was cut off, so that the next record begins a line of its own."""
    if path.exists():
        text = path.read_text(encoding="utf-8")
        path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")


def write(path: Path | None, record: Record) -> None:
    """Add a record to the file, if one is kept."""
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(record)) + "\n")
