"""The texts to translate: those marked `_`, `ngettext` or `N_` in the code, and the words of the library's problems."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dashboard.texts import FOLDER

ROOT = FOLDER.parent.parent
TEMPLATE = FOLDER / "messages.pot"
SOURCES = {"core": ["**.py", "problem/library/**.toml"], "dashboard": ["**.py"], "pages": ["**.py"]}
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def problem_words(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """A Babel extraction method: a problem file's title, description and lesson."""
    problem = tomllib.load(file)["problem"]
    for key in ("title", "description", "teaches"):
        if problem.get(key):
            yield 1, "_", problem[key], []


def extracted() -> Catalog:
    """The catalogue's template, with all texts that the project has."""
    catalogue = Catalog(project="Tangente", charset="utf-8", fuzzy=False)
    for folder, patterns in SOURCES.items():
        methods = [(pattern, "python" if pattern.endswith(".py") else "dashboard.texts.extraction:problem_words") for pattern in patterns]
        for name, line, message, comments, context in extract_from_dir(ROOT / folder, methods, keywords=KEYWORDS):
            catalogue.add(message, locations=[(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return catalogue


def languages() -> list[Path]:
    """The catalogues there are, one file a language."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def write() -> None:
    """Bring the template and every catalogue up to date, keeping what is translated."""
    template = extracted()
    _save(TEMPLATE, template, omit_header=True)
    for path in languages():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parent.parent.name)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
        _save(path, catalogue)


def _save(path: Path, catalogue: Catalog, *, omit_header: bool = False) -> None:
    """Write a catalogue so that equal texts give equal files: sorted, without dates and line numbers."""
    with path.open("wb") as file:
        write_po(file, catalogue, width=140, sort_output=True, omit_header=omit_header, ignore_obsolete=True, include_lineno=False)
