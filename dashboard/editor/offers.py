"""What can be done about a mistake with one click: another spelling in its place, one more parameter, or a constant to be found."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from core.errors import N_, InputError
from core.expressions import Names
from core.expressions.functions import ARITY
from core.expressions.spelling import closing, spelled
from dashboard.editor.draft import Draft
from dashboard.editor.marks import Mark
from dashboard.editor.respelling import FORMULAS, known_names

MOST = 3
"""Offers for one mistake."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_VALUE = re.compile(r"\s+([A-Za-z][A-Za-z0-9_]*|[0-9.]+)(?!\s*[\w(])", re.ASCII)
_PRIMED = re.compile(r"'+")


WRITTEN, PARAMETER, ESTIMATE = "written", "parameter", "estimate"
LABELS = {
    WRITTEN: N_("Write `{text}`"),
    PARAMETER: N_("Add `{name}` as a parameter"),
    ESTIMATE: N_("Find `{name}` from the data"),
}
"""What a click does, by its kind."""


@dataclass(frozen=True)
class Offer:
    """One click: the line's new `text`, with `said` as what is written there; or a parameter or constant to be found of a `name`.

    `kind` is one of `LABELS`.
    """

    said: str = ""
    text: str = ""
    kind: str = WRITTEN
    name: str = ""


@dataclass(frozen=True)
class Place:
    """A mistake in a text that is spelled by the notation, and the character at which it lies."""

    text: str
    at: int
    error: InputError
    names: Names
    field: str
    measured: bool

    @property
    def word(self) -> str:
        """The name that begins there, if any."""
        found = _NAME.match(self.text, self.at)
        return found[0] if found else ""

    @property
    def called(self) -> bool:
        return self.text[self.at + len(self.word) :].lstrip().startswith("(")

    def written(self, new: str, length: int, *, before: int = 0, said: str = "") -> Offer:
        """The text with `new` in place of `length` characters, and of as many `before` them."""
        return Offer(said or new, self.text[: self.at - before] + new + self.text[self.at + length :])


def offers(draft: Draft, mark: Mark) -> list[Offer]:
    """What can be done about a mistake of a formula, the likeliest first."""
    error = mark.error
    if mark.field not in FORMULAS or mark.start is None or error.at.character is None:
        return []
    line = getattr(draft, mark.field).split("\n")[mark.line]
    begin = mark.start - error.at.character
    names = known_names(draft)
    spelling = spelled(line[begin:], names)
    at = bisect_left(spelling.origins, error.at.character)
    place = Place(spelling.text, at, error, names, mark.field, "data" in draft.rest)
    found = [*_MADE[error.code](place)] if error.code in _MADE else []
    return [replace(made, text=line[:begin] + made.text if made.text else "") for made in found][:MOST]


def _unknown(place: Place) -> Iterator[Offer]:
    near = place.error.values.get("near")
    if near:
        yield place.written(near, len(place.word))
    if place.word and not place.called and _free(place.word, place.names):
        if place.measured:
            yield Offer(kind=ESTIMATE, name=place.word)
        yield Offer(kind=PARAMETER, name=place.word)


def _free(name: str, names: Names) -> bool:
    try:
        Names(names.coordinates, names.unknowns, (*names.parameters, name))
    except InputError:
        return False
    return True


def _character(place: Place) -> Iterator[Offer]:
    """A sign or a letter that looks like one of ours."""
    near = place.error.values["near"]
    if near.isascii() and near not in ("abs", "D", "sqrt"):
        yield place.written(near, 1)


def _operator(place: Place) -> Iterator[Offer]:
    """A product; behind `/` and `^` either of all that stands before it, or of the last factor alone."""
    found, near = place.error.values["found"], place.error.values["near"]
    first = near.removesuffix(f"*{found}")
    begin = place.text.rfind(first, 0, place.at)
    yield place.written("*", 0, said=near)
    if begin >= 0 and first != ")" and place.text[:begin].rstrip()[-1:] in ("/", "^") and _NAME.fullmatch(found) and not place.called:
        yield place.written(f"({near})", len(found), before=place.at - begin)


def _derivative(place: Place) -> Iterator[Offer]:
    """A derivative by each of the coordinates, where a prime does not say which."""
    found, near = place.error.values["found"], place.error.values["near"]
    unknown, _, letters = near.rpartition("_")
    if not place.text.startswith(found, place.at) or "…" in near:
        return
    primed = _PRIMED.search(found)
    for letter in place.names.coordinates if primed else ():
        yield place.written(f"{unknown}_{letter * len(letters)}", len(found))
    if not primed:
        yield place.written(near, len(found))


def _factor(place: Place) -> Iterator[Offer]:
    """A product with the bracket behind a name that is no function."""
    opening = place.text.find("(", place.at)
    yield Offer(f"{place.word}*(", place.text[:opening] + "*" + place.text[opening:])


def _argument(place: Place) -> Iterator[Offer]:
    """The bracket that a function's argument lacks."""
    end = place.at + len(place.word)
    value = _VALUE.match(place.text, end)
    if value and place.word in ARITY:
        yield place.written(f"{place.word}({value[1]})", value.end() - place.at)


def _everywhere(place: Place) -> Iterator[Offer]:
    """The unknown itself in an equation, where some of its coordinates are listed."""
    opening = place.text.find("(", place.at)
    close = closing(place.text, opening)
    if close and place.field == "equations":
        inside = [word.strip() for word in place.text[opening + 1 : close].split(",")]
        if all(word in place.names.coordinates for word in inside):
            yield place.written(place.word, close + 1 - place.at)


def _equals(place: Place) -> Iterator[Offer]:
    """One equals sign in place of two."""
    if place.text[place.at - 1 : place.at] == "=":
        yield place.written("", 1, said="=")


_MADE: dict[str, Callable[[Place], Iterator[Offer]]] = {
    "unknown-name": _unknown,
    "unknown-name-near": _unknown,
    "bad-character-near": _character,
    "operator-missing": _operator,
    "write-derivative": _derivative,
    "not-a-function": _factor,
    "brackets-missing": _argument,
    "wrong-place": _everywhere,
    "equals-twice": _equals,
}
