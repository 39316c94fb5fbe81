"""The problems there are: the library's, and those that visitors have saved. Each has a key, which stands in the address.

A library problem's key is its name; a saved one's is its id, which nobody can guess and which opens it for whoever is given it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, count

from core.errors import InputError, TangenteError
from core.experiment import presets
from core.experiment.making import experiment_of
from core.problem.measurements.data import STORED
from core.problem.problem import Problem
from core.problem.reading.reading import FOLDER, library, load, problem_from_toml
from core.problem.statement import no_files
from core.ranges import nearest
from dashboard.server.services import store
from dashboard.server.visitor import visitor
from dashboard.texts import _
from dashboard.texts.formats import plain

PROBLEM = "problem"
"""What the address calls the key of the problem on the page."""
DIFFICULTIES = ("easy", "medium", "hard")

_ID = re.compile(r"[A-Za-z0-9_-]{16}")


@dataclass(frozen=True)
class Entry:
    """A problem of the visitor's own list; where its text can no longer be read, `problem` is None and `error` says why."""

    id: str
    title: str
    text: str
    changed: float
    problem: Problem | None
    error: TangenteError | None


@cache
def library_problems() -> tuple[Problem, ...]:
    """The library, easy problems first."""
    return tuple(sorted(map(load, library()), key=lambda problem: (DIFFICULTIES.index(problem.difficulty), problem.title)))


def own() -> list[Entry]:
    """The visitor's saved problems, the one changed last first."""
    return [_entry(saved.id, saved.text, saved.changed) for saved in store().problems.of(visitor())]


def mine(id: str) -> bool:
    """Whether a saved problem is in the visitor's own list."""
    return id not in library() and any(saved.id == id for saved in store().problems.of(visitor()))


def find(key: str) -> Problem:
    """The problem of a key; raises `InputError` where there is none, and where what was saved can no longer be read."""
    return load(key) if key in library() else _read(_saved_text(key))


def source(key: str) -> str:
    """The text of the file that states a problem, as it was written; raises `InputError` where there is none."""
    return (FOLDER / f"{key}.toml").read_text(encoding="utf-8") if key in library() else _saved_text(key)


def title(key: str) -> str:
    """A problem's title, in the visitor's language where it is the library's; raises `InputError` where there is no such problem."""
    return _(load(key).title) if key in library() else _title(_saved_text(key))


def said(problem: Problem, words: str) -> str:
    """A problem's own words in Markdown: the library's in the visitor's language, those of visitors as they were typed."""
    return _(words) if problem.name else plain(words)


def told_apart(titles: Iterable[str]) -> list[str]:
    """The titles, those that are there more than once with a number: a selectbox knows its options by what it shows."""
    made: list[str] = []
    for title in titles:
        made.append(next(name for name in chain([title], (f"{title} {number}" for number in count(2))) if name not in made))
    return made


def save(text: str, id: str | None = None) -> str:
    """Keep a problem in the visitor's list, in place of the one of that id where it is the visitor's own; its id.

    A text that is in the list already is not kept twice.
    """
    entries = own()
    same = next((entry.id for entry in entries if entry.text == text), None)
    if same and id in (None, same):
        return same
    return store().problems.save(visitor(), text, id if any(entry.id == id for entry in entries) else None).id


def kept(name: str) -> bytes:
    """The data that a problem names by their digest; raises `InputError` where the server keeps none of it, and for any other file."""
    if not name.startswith(STORED):
        return no_files(name)
    return store().problems.data(name.removeprefix(STORED))


def delete(id: str) -> None:
    """Forget one of the visitor's problems."""
    store().problems.delete(visitor(), id)


def _saved_text(key: str) -> str:
    """The text of a saved problem. A key that is nobody's, but nearly a library problem's name, is taken for a slip."""
    try:
        return store().problems.get(key).text
    except InputError:
        if not _ID.fullmatch(key) or nearest(key, library()):
            load(key)  # names the nearest
        raise


def _entry(id: str, text: str, changed: float) -> Entry:
    try:
        problem, error = _read(text), None
    except TangenteError as found:
        problem, error = None, found
    return Entry(id, _title(text), text, changed, problem, error)


@lru_cache(maxsize=512)
def _read(text: str) -> Problem:
    problem = problem_from_toml(text, files=kept)
    for preset in presets.known(problem):
        experiment_of(problem, preset=preset)  # its recipes are right as well
    return problem


def _title(text: str) -> str:
    """The title in a file's text, also where the rest of it cannot be read."""
    try:
        found = tomllib.loads(text).get("problem", {}).get("title")
    except (ValueError, RecursionError, AttributeError):
        found = None
    return found if isinstance(found, str) and found.strip() else _("Problem without a title")
