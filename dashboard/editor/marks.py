"""Where in the editor's fields each mistake of a draft lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import InputError
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.problem.reading.mistakes import mistakes
from core.problem.reading.reading import problem_from_toml
from dashboard.editor.draft import CELLS, NAMED, TEXTS, Draft, Line
from dashboard.problems import catalogue

_KEY = re.compile(r"problem\.(?P<key>[^.\[]+)(?:\.(?P<name>.*?))?(?:\[(?P<number>\d+)\])?(?:\.(?P<cell>value|low|high))?")
_WORD = re.compile(r"[A-Za-z0-9_]*")
_ABOUT_NAMES = ("not-a-name", "not-a-letter", "name-reserved", "name-twice")


@dataclass(frozen=True)
class Mark:
    """A mistake and its place.

    `line` counts a text's lines or a field's rows from 0, `cell` the cells of a row; `start` to `end` are the wrong characters, all of them
    where they are None. `field` is empty for a mistake of the problem as a whole; `key` is then the table's key, if any.
    """

    error: InputError
    field: str = ""
    line: int = 0
    cell: int = 0
    start: int | None = None
    end: int | None = None
    key: str = ""


@dataclass(frozen=True)
class Checked:
    """What a draft comes to: its mistakes, or, where it has none, the experiment that it states."""

    marks: tuple[Mark, ...]
    experiment: Experiment | None


def check(draft: Draft) -> Checked:
    """Every mistake of the draft, its recipe among it; and what can be trained, where there is none."""
    found = marks(draft)
    if found:
        return Checked(tuple(found), None)
    try:
        return Checked((), experiment_of(problem_from_toml(draft.toml(), files=catalogue.kept)))
    except InputError as error:
        return Checked((_placed(draft, error),), None)


def missing(draft: Draft, mark: Mark) -> bool:
    """Whether a mistake is only that nothing has been written there yet."""
    if mark.field in CELLS:
        rows = getattr(draft, mark.field)
        return not any(map(any, rows)) or (bool(rows[mark.line]) and not rows[mark.line][mark.cell].strip())
    return mark.error.code == "empty" and mark.field in TEXTS and not getattr(draft, mark.field).strip()


def marks(draft: Draft) -> list[Mark]:
    """Every mistake of the draft, in the order of its lines."""
    own = [*_unnamed(draft), *_repeated(draft)]
    spoilt = {(mark.field, mark.line) for mark in own}
    found = [
        mark
        for mark in (_placed(draft, error) for error in mistakes(draft.table(), catalogue.kept))
        if (mark.field, mark.line) not in spoilt
    ]
    return sorted([*own, *found], key=lambda mark: (mark.line, mark.cell))


def _unnamed(draft: Draft) -> Iterator[Mark]:
    """Lines that should read `NAME = EXPRESSION` and have no `=`."""
    for key in NAMED:
        named = {line.number for line in draft.named(key)}
        for line in draft.lines(key):
            if line.number not in named:
                yield _on(InputError("line-without-name"), key, line)


def _repeated(draft: Draft) -> Iterator[Mark]:
    """Names that a table cannot hold twice."""
    names = {key: [(number, row[0].strip()) for number, row in enumerate(getattr(draft, key)) if any(row)] for key in CELLS}
    names |= {key: [(line.number, line.name) for line in draft.named(key)] for key in NAMED}
    for key, numbered in names.items():
        known = [name for _, name in numbered]
        for place, (number, name) in enumerate(numbered):
            if name and name in known[:place]:
                yield Mark(InputError("name-twice", name=name), key, number)


def _placed(draft: Draft, error: InputError) -> Mark:
    found = _KEY.fullmatch(error.at.key or "")
    key = found["key"] if found else error.at.key or ""
    if not found or key not in (*TEXTS, *CELLS):
        return Mark(error, key=key)
    if key in CELLS and found["name"] is not None:
        return _in_row(draft, error, key, found["name"], found["number"], found["cell"])
    return _on(error, key, _line(draft, key, found["name"], found["number"]))


def _in_row(draft: Draft, error: InputError, key: str, name: str, number: str | None, cell: str | None) -> Mark:
    rows = getattr(draft, key)
    line = next(place for place, row in enumerate(rows) if any(row) and row[0].strip() == name)
    place = CELLS[key].index(cell) if cell else int(number) if number else int(error.code not in _ABOUT_NAMES)
    text = rows[line][place]
    before = len(text) - len(text.lstrip())
    return Mark(error, key, line, place, *_range(error, text, before))


def _line(draft: Draft, key: str, name: str | None, number: str | None) -> Line | None:
    """The statement that a key names; None for the field as a whole."""
    if name is not None:
        return next((line for line in draft.named(key) if line.name == name), None)
    if number is None:
        return None
    statements = draft.words() if key == "unknowns" else draft.lines(key)
    return statements[int(number) - 1]


def _on(error: InputError, key: str, line: Line | None) -> Mark:
    if line is None:
        return Mark(error, key)
    if error.code in _ABOUT_NAMES and line.name:
        return Mark(error, key, line.number)
    whole = " " * line.start + line.text
    start, end = _range(error, whole, line.start)
    return Mark(error, key, line.number, 0, line.start if start is None else start, len(whole) if end is None else end)


def _range(error: InputError, text: str, before: int) -> tuple[int | None, int | None]:
    """The wrong characters of `text`, in which `before` characters stand before what was read: a word, or one sign."""
    if error.at.character is None:
        return None, None
    start = before + error.at.character
    word = _WORD.match(text, start)
    return start, max(word.end() if word else start, start + 1)
