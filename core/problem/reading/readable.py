"""What can be read of a problem that is being written, for display: mistaken statements are left out, the others stay in sight."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.errors import InputError
from core.problem import statement
from core.problem.formulas import Formulas, formulas
from core.problem.problem import Problem

NEUTRAL: dict[str, Any] = {"coordinates": [0, 1], "parameters": 1}
"""What stands for a mistaken range or value, so that the texts with its name can be read."""
LEAST: dict[str, Any] = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": ["0 = 0"], "conditions": []}
"""What stands for a key of which nothing can be read."""
_PLACE = re.compile(r"problem\.(?P<key>[^.\[]+)(?:\.(?P<name>.*?))?(?:\[(?P<number>\d+)\])?(?:\.(?:value|low|high))?")


def readable_formulas(table: Mapping[str, Any]) -> Formulas:
    """The legible statements of a [problem] table in LaTeX; without its domain or parameters where one of these is mistaken."""
    alone = "equations" not in table and "data" in table
    kept = {key: _copied(value) for key, value in table.items() if key in statement.KEYS and (alone or key != "data")}
    mended: set[str] = set()
    while True:
        least = {key: value for key, value in LEAST.items() if key != "equations" or "data" not in kept}
        try:
            made = formulas(Problem("", **statement.read({**least, **kept})))
        except InputError as error:
            mended.add(_mend(kept, error.at.key or ""))
            continue
        return replace(
            made,
            domain="" if "coordinates" in mended or "coordinates" not in kept else made.domain,
            parameters=() if "parameters" in mended else made.parameters,
            equations=made.equations if "equations" in kept or "data" in kept else (),
        )


def _copied(value: object) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, list | tuple) else value


def _mend(kept: dict[str, Any], path: str) -> str:
    """Take what is mistaken out of `kept`, or put something neutral in its place; the key in which it was. Never the same twice."""
    found = _PLACE.fullmatch(path)
    key = found["key"] if found and found["key"] in kept else next(iter(kept))
    value, name, number = kept[key], found and found["name"], found and found["number"]
    if isinstance(value, dict) and name in value and key in NEUTRAL and value[name] != NEUTRAL[key]:
        value[name] = NEUTRAL[key]
    elif isinstance(value, dict) and name in value:
        del value[name]
    elif isinstance(value, list) and number and int(number) <= len(value):
        del value[int(number) - 1]
    else:
        del kept[key]
    if not kept.get(key, True):
        del kept[key]
    return key
