"""A problem as a card: what the page of problems says of it, and where it opens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from core.problem.problem import Problem
from dashboard.problems import filters, formula
from dashboard.problems.catalogue import PROBLEM
from dashboard.server import references
from dashboard.texts import _
from dashboard.texts.formats import number

COLOURS = {"easy": "green", "medium": "orange", "hard": "red"}


def grouped(problems: Mapping[str, Problem], settings: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The cards of problems by the titles of their groups: the visitor's own first, and last those of no group.

    Their links open them with `settings`.
    """
    titles = {"own": _("Yours"), **{key: _(title) for key, title in filters.GROUPS.items()}, "": _("Others")}
    cards: dict[str, list[dict[str, Any]]] = {title: [] for title in titles.values()}
    for key, problem in problems.items():
        cards[titles[problem.group if problem.name else "own"]].append(card(key, problem, settings))
    return {title: found for title, found in cards.items() if found}


def card(key: str, problem: Problem, settings: Mapping[str, str]) -> dict[str, Any]:
    """What the component shows of a problem."""
    text, aim = (_("Edit a copy"), "copy") if problem.name else (_("Edit"), "open")
    return {
        "key": key,
        "title": _said(problem, problem.title) or _("Problem without a title"),
        "address": f"./?{urlencode({PROBLEM: key, **settings})}",
        "edit": f"./editor?{urlencode({aim: key})}",
        "editing": text,
        "reference": references.remember(problem, {}),
        "badges": badges(problem),
        "equations": formula.equations(problem),
        "description": _said(problem, problem.description),
        "more": [line for line in (_said(problem, problem.teaches), promise(problem), source(problem)) if line],
    }


def _said(problem: Problem, words: str) -> str:
    """The library's words in the visitor's language, those of visitors as they were typed."""
    return _(words) if problem.name and words else words


def badges(problem: Problem) -> list[tuple[str, str]]:
    """What kind of problem it is, how difficult, and whether it is a lesson, each with a colour."""
    level = problem.difficulty
    last = (_(filters.DIFFICULTIES[level]), COLOURS[level]) if problem.name else (_("yours"), "blue")
    lesson = [(_("lesson"), "violet")] if filters.is_lesson(problem) else []
    return [*((_(filters.KINDS[kind]), "gray") for kind in problem.kinds), last, *lesson]


def promise(problem: Problem) -> str:
    """What training by the recipe reaches."""
    if problem.promise is None:
        return ""
    if math.isinf(problem.promise):
        return _("Plain training fails here: a lesson.")
    text = _("Trains to a relative L2 error of {error} or less with the preset Sharp.").format(error=number(problem.promise))
    return " ".join([text, *([_("Plain training fails here: a lesson, at one click.")] if problem.failure else [])])


def source(problem: Problem) -> str:
    """Where it comes from."""
    return _("Source: {source}").format(source=problem.source) if problem.source else ""
