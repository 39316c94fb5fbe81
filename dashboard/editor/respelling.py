"""The draft's fields in the spelling of the notation: what stands in them once one has left them."""

from __future__ import annotations

from core.errors import InputError
from core.expressions import Names
from core.expressions.spelling import spelled, spelled_name
from dashboard.editor.draft import CELLS, NAMED, Draft, Row

FORMULAS = ("estimate", "definitions", "equations", "conditions", "exact")


def respelled(draft: Draft) -> dict[str, str | list[list[str]]]:
    """The fields whose text would be spelled otherwise, each with what would stand there."""
    names = known_names(draft)
    texts = {"unknowns": spelled_name(draft.unknowns), **{key: _lines(draft, key, names) for key in FORMULAS}}
    rows = {key: tuple(_row(row) for row in getattr(draft, key)) for key in CELLS}
    found: dict[str, str | list[list[str]]] = {key: text for key, text in texts.items() if text != getattr(draft, key)}
    return found | {key: [list(row) for row in new] for key, new in rows.items() if new != getattr(draft, key)}


def known_names(draft: Draft) -> Names:
    """The names that the draft states, those left out that are none."""
    names = Names()
    given = [
        *(("coordinates", row[0]) for row in draft.coordinates),
        *(("unknowns", word.text) for word in draft.words()),
        *(("parameters", row[0]) for row in draft.parameters),
        *(("parameters", line.name) for key in ("estimate", "definitions") for line in draft.named(key)),
    ]
    for kind, name in given:
        known = {"coordinates": names.coordinates, "unknowns": names.unknowns, "parameters": names.parameters}
        try:
            names = Names(**{**known, kind: (*known[kind], spelled_name(name.strip()))})
        except InputError:
            continue
    return names


def line_of(draft: Draft, key: str, number: int, names: Names) -> str:
    """A line of a field, spelled."""
    text: str = getattr(draft, key).split("\n")[number]
    named = {line.number: line for line in draft.named(key)} if key in NAMED else {}
    if number not in named:
        return spelled(text, names).text
    start = named[number].start
    return spelled_name(text[:start]) + spelled(text[start:], names).text


def _lines(draft: Draft, key: str, names: Names) -> str:
    return "\n".join(line_of(draft, key, number, names) for number in range(len(getattr(draft, key).split("\n"))))


def _row(row: Row) -> Row:
    """A row's name in our letters, and its numbers."""
    return (spelled_name(row[0]), *(spelled(cell, Names()).text for cell in row[1:]))
