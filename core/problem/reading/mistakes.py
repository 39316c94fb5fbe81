"""All mistakes of a problem that is being written, each at its place.

`Problem.from_table` raises at the first mistake. Here every entry is read beside those of the others that are right, so that whoever writes
sees all mistakes at once, and none that only follows from another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core.errors import InputError, Position, TangenteError
from core.expressions import Names, parse, parse_equation
from core.problem import statement
from core.problem.bound import parse_definition
from core.problem.reading.reading import problem_from_table
from core.problem.statement import Files, no_files

FIRST: dict[str, Any] = {"coordinates": {"x": [0, 1]}, "unknowns": ["draft"], "equations": ["draft = 0"], "conditions": []}
"""A problem with nothing wrong, in which one key or entry at a time is read."""
LISTS = ("unknowns", "equations", "conditions")
TABLES = ("coordinates", "parameters", "estimate", "definitions", "exact")
STATED = ("coordinates", "unknowns", "parameters", "estimate", "definitions")
"""What equations and conditions are made of."""
ABOUT_NAMES = frozenset({"unknown-name", "unknown-name-near", "no-unknown", "no-coordinate", "not-a-function", "wrong-place"})
"""What a text is accused of where it is the coordinate or the unknown that is mistaken."""

Entries = dict[str, Any]
"""The entries of a key that hold what they should, by their places: `problem.coordinates.t`, `problem.equations[2]`."""


def mistakes(table: Mapping[str, Any], files: Files = no_files) -> tuple[InputError, ...]:
    """Every mistake of a [problem] table, placed at its key and, where there is one, its character; empty where the problem is right.

    `files` reads those that the table names.
    """
    draft = _Draft()
    draft.read_keys(table)
    entries = {key: draft.read_entries(key, table.get(key)) for key in (*TABLES, *LISTS)}
    names = draft.read_names(entries)
    draft.read_formulas(entries, names)
    sound = not draft.mistaken(*STATED, *statement.UNSUPPORTED)
    for key in ("equations", "conditions"):
        for path, text in entries[key].items():
            draft.attempt(path, parse_equation, text, names)
            if sound and not draft.mistaken(path=path):
                draft.hold(key, path, text, table, names)
    if not draft.found:
        draft.attempt(None, partial(problem_from_table, files=files), table)
    return tuple(draft.found)


class _Draft:
    """A table as it is read; `found` are the mistakes so far, at each place the first."""

    def __init__(self) -> None:
        self.found: list[InputError] = []

    def attempt(self, path: str | None, work: Callable[..., object], *args: Any) -> None:
        """Do the work and note its mistake, at `path` where that is given, else where it says."""
        try:
            work(*args)
        except TangenteError as error:
            self.note(error, path or error.at.key or "problem")

    def note(self, error: TangenteError, path: str) -> None:
        """Keep a mistake, unless there is another at its place, or it follows from another."""
        follows = error.code in ABOUT_NAMES and self.mistaken("coordinates", "unknowns")
        if not follows and not self.mistaken(path=path):
            self.found.append(InputError(error.code, at=Position(None, path, error.at.text, error.at.character), **error.values))

    def mistaken(self, *keys: str, path: str | None = None) -> bool:
        """Whether one of these keys, or the entry at `path`, has a mistake."""
        places = [error.at.key or "" for error in self.found]
        return path in places or any(place.startswith(f"problem.{key}") for place in places for key in keys)

    def read_keys(self, table: Mapping[str, Any]) -> None:
        """Whether each key is known and holds what it should, and none is missing."""
        alone = table.get("data") is not None
        for name in statement.WITH_DATA if alone else statement.REQUIRED:
            if name not in table:
                self.attempt(f"problem.{name}", statement.read, {key: value for key, value in FIRST.items() if key != name})
        for key, value in table.items():
            if key != "data" and not (alone and key == "equations" and not value):  # data have a meaning only beside all others
                self.attempt(None, statement.read, {**FIRST, key: value})

    def read_entries(self, key: str, value: object) -> Entries:
        """The entries of a key, each read as if it were the only one; those whose names count even where what they hold is mistaken."""
        most = statement.MOST.get(key, statement.MOST["definitions"])
        entries: Entries = {}
        if isinstance(value, Mapping) and key in TABLES:
            for name, item in list(value.items())[:most]:
                entries[f"problem.{key}.{name}"] = item
                self.attempt(None, statement.read, {**FIRST, key: {name: item}})
        elif isinstance(value, list | tuple) and key in LISTS:
            for number, item in enumerate(value[:most], 1):
                entries[f"problem.{key}[{number}]"] = item
                self.attempt(f"problem.{key}[{number}]", statement.read, {**FIRST, key: [item]})
        counted = ("coordinates", "parameters", "estimate")
        return {path: item for path, item in entries.items() if key in counted or not self.mistaken(path=path)}

    def read_names(self, entries: Mapping[str, Entries]) -> Names:
        """The names that can be used, each checked against those before it."""
        names = Names()
        for path in entries["coordinates"]:
            names = self._with(names, path, lambda name, known: Names((*known.coordinates, name)))
        for path, text in entries["unknowns"].items():
            names = self._with(names, path, lambda name, known: Names(known.coordinates, (*known.unknowns, name)), text)
        unguided = [path for path in entries["estimate"] if path.replace(".estimate.", ".parameters.") not in entries["parameters"]]
        for path in (*entries["parameters"], *unguided, *entries["definitions"]):
            names = self._with(names, path, lambda name, known: Names(known.coordinates, known.unknowns, (*known.parameters, name)))
        return names

    def _with(self, names: Names, path: str, add: Callable[[str, Names], Names], name: str | None = None) -> Names:
        """`names` with the one at `path`; without it where it is mistaken."""
        try:
            return add(path.split(".", 2)[2] if name is None else name, names)
        except TangenteError as error:
            self.note(error, path)
            return names

    def read_formulas(self, entries: Mapping[str, Entries], names: Names) -> None:
        """Definitions, which may use those before them, and exact solutions."""
        ours = [path.split(".", 2)[2] for path in entries["definitions"]]
        earlier = tuple(name for name in names.parameters if name not in ours)
        for name, (path, text) in zip(ours, entries["definitions"].items(), strict=True):
            self.attempt(path, parse_definition, text, Names(names.coordinates, names.unknowns, earlier))
            earlier = (*earlier, name) if name in names.parameters else earlier
        for path, text in entries["exact"].items():
            self.attempt(path, parse, text, Names(names.coordinates, (), names.parameters))

    def hold(self, key: str, path: str, text: str, table: Mapping[str, Any], names: Names) -> None:
        """Whether a statement can be one of this problem: a condition lies on its edge, an equation has an unknown, both have values."""
        context = {name: table[name] for name in STATED if name in table and name != "estimate"}
        context["parameters"] = {**table.get("estimate", {}), **table.get("parameters", {})}
        every = " + ".join(names.unknowns) + " = 0"
        try:
            problem_from_table({**context, "equations": [every], "conditions": [], key: [text]})
        except TangenteError as error:
            place = error.at.key or ""
            if place.startswith(f"problem.{key}"):
                self.note(error, path)
            elif place.startswith("problem.definitions"):
                self.note(error, place)
