"""Problems read: from tables, from the text of a TOML file, and from the library."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import InputError, Position, TangenteError
from core.files import tables
from core.problem import statement
from core.problem.checks import consistency
from core.problem.problem import Problem
from core.problem.statement import Files, no_files
from core.ranges import nearest

FOLDER = Path(__file__).parent.parent / "library"
SECTIONS = ("network", "training", "failure", "watch")
"""The tables of a problem's file beside its statement: settings for it."""


def problem_from_table(
    table: Mapping[str, Any],
    *,
    name: str = "",
    file: str | None = None,
    recipe: Mapping[str, Any] | None = None,
    failure: Mapping[str, Any] | None = None,
    watch: Mapping[str, Any] | None = None,
    files: Files = no_files,
    stored: bool = False,
) -> Problem:
    """The problem that a [problem] table states; `files` reads those that it names; `stored`: it was read before, maybe less strictly.

    Raises `InputError` at the key, and the character where there is one, of the first mistake.
    """
    try:
        fields = statement.read(tables.mapping(table, "problem", most=100), files)
        problem = Problem(name=name, **fields, recipe=dict(recipe or {}), failure=dict(failure or {}), watch=dict(watch or {}))
        consistency.check(problem, stored=stored)
    except TangenteError as error:
        raise error.located(file=file) from None
    return problem


def problem_from_toml(text: str, *, name: str = "", file: str | None = None, files: Files = no_files) -> Problem:
    """The problem of an experiment file's [problem] table, with its [network] and [training] as the recipe, its [failure] and [watch].

    Raises as `problem_from_table` does.
    """
    parts = tables.read(text, file=file)
    try:
        tables.check_keys(parts, "file", ("problem", *SECTIONS), ("problem",))
        sections = {name: tables.mapping(parts.get(name, {}), name, most=100) for name in SECTIONS}
    except TangenteError as error:
        raise error.located(file=file) from None
    recipe = {**sections["network"], **sections["training"]}
    failure, watch = sections["failure"], sections["watch"]
    return problem_from_table(parts["problem"], name=name, file=file, recipe=recipe, failure=failure, watch=watch, files=files)


def library() -> tuple[str, ...]:
    """The names of the library's problems."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load(name: str) -> Problem:
    """A library problem; raises `InputError` with the nearest name where there is none."""
    known = library()
    if name not in known:
        near = nearest(name, known)
        code = "unknown-problem-near" if near else "unknown-problem"
        raise InputError(code, at=Position(key="problem"), name=tables.shown(name), near=near, known=", ".join(known))
    return _load(name)


@lru_cache
def _load(name: str) -> Problem:
    path = FOLDER / f"{name}.toml"
    return problem_from_toml(path.read_text(encoding="utf-8"), name=name, file=path.name)
