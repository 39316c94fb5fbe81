"""Finding problems among many: by words, by kind, by difficulty, and those on which plain training fails."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection

import streamlit as st

from core.errors import N_
from core.problem.problem import Problem
from core.ranges import nearest
from dashboard.texts import _

KINDS = {"ode": N_("ODE"), "pde": N_("PDE"), "system": N_("System"), "regression": N_("Data alone")}
DIFFICULTIES = {"easy": N_("easy"), "medium": N_("medium"), "hard": N_("hard")}
LESSONS = {"lesson": N_("lesson")}
GROUPS = {
    "first": N_("First equations"),
    "oscillations": N_("Oscillations and systems"),
    "heat": N_("Heat, diffusion and reaction"),
    "waves": N_("Waves"),
    "fluids": N_("Fluids"),
    "fronts": N_("Shocks, fronts and layers"),
    "equilibria": N_("Equilibria"),
    "data": N_("Data alone"),
    "inverse": N_("Constants to be found"),
}
"""What problems are about, in the order of the page."""
SUBJECTS = {
    "inverse": "inverse problem, parameter estimation, identification",
    "data": "regression, fit",
    "fluids": "fluid flow, Navier-Stokes equations",
    "oscillations": "oscillator, dynamical system",
}
"""Further words by which the problems of a group are found."""
SAME = ({"chaos", "chaotic"}, {"oscillator", "oscillation", "oscillations", "vibration"}, {"inviscid", "viscosity", "viscous"})
"""Words that find the same problems."""
LONG, LIKENESS = 5, 0.85
"""The letters from which on a word may be misspelt, and how much of it has to agree."""
QUERY, KIND, DIFFICULTY, LESSON = KEYS = ("q", "kind", "difficulty", "lessons")
"""The names of the controls, in the address and in session state alike."""

_SEEN = "filters-seen"


def found(problem: Problem, query: str, kinds: Collection[str], difficulties: Collection[str], lessons: Collection[str] = ()) -> bool:
    """Whether a problem has every word of `query`, is of the `kinds`, of one of the `difficulties`, and a lesson; empty ones ask nothing.

    ODE and PDE are alternatives: with both chosen a problem may be either; a system must be one besides.
    """
    either = {"ode", "pde"} & set(kinds)
    return (
        (not either or bool(either & set(problem.kinds)))
        and ("system" not in kinds or "system" in problem.kinds)
        and (not difficulties or problem.difficulty in difficulties)
        and (not lessons or is_lesson(problem))
        and all(_has(problem, word) for word in _words(query))
    )


def controls(problems: Collection[Problem]) -> tuple[str, list[str], list[str], list[str]]:
    """The controls, bound to the address: the words, kinds and difficulties that are asked for, and whether lessons alone are."""
    _follow()
    kinds = {name: f"{_(text)} · {sum(name in problem.kinds for problem in problems)}" for name, text in KINDS.items()}
    levels = {name: f"{_(text)} · {sum(problem.difficulty == name for problem in problems)}" for name, text in DIFFICULTIES.items()}
    with st.container(horizontal=True, gap="medium", key="filters"):
        placeholder = _("Search by title, words, equation or source")
        query = st.text_input(_("Search"), key=QUERY, type="search", live=True, placeholder=placeholder, width=380)
        kind = st.pills(_("Kind"), list(kinds), selection_mode="multi", format_func=kinds.__getitem__, key=KIND)
        level = st.pills(_("Difficulty"), list(levels), selection_mode="multi", format_func=levels.__getitem__, key=DIFFICULTY)
        fails = {name: f"{_(text)} · {sum(map(is_lesson, problems))}" for name, text in LESSONS.items()}
        help = _("Problems on which plain training fails.")
        lesson = st.pills(_("Lessons"), list(fails), selection_mode="multi", format_func=fails.__getitem__, key=LESSON, help=help)
    _write(_set())
    return query or "", kind, level, lesson


def reset() -> None:
    """Ask for nothing again. For callbacks."""
    st.session_state.update({QUERY: "", KIND: [], DIFFICULTY: [], LESSON: []})


def _follow() -> None:
    """Set the controls to what the address asks, where that is not what was last written there: after a link, or the way back."""
    asked, seen = {key: st.query_params.get_all(key) for key in KEYS}, st.session_state.get(_SEEN)
    drawn = seen is not None and all(key in st.session_state for key in KEYS)
    if drawn and (asked == seen or _set() != seen):  # a control that has just been moved: the browser's address is one of before
        return
    st.session_state[QUERY] = asked[QUERY][0] if asked[QUERY] else ""
    for key, known in ((KIND, KINDS), (DIFFICULTY, DIFFICULTIES), (LESSON, LESSONS)):
        st.session_state[key] = [name for name in known if name in asked[key]]


def _set() -> dict[str, list[str]]:
    """What the controls are set to."""
    query = st.session_state[QUERY]
    return {QUERY: [query] if query else [], **{key: list(st.session_state[key]) for key in (KIND, DIFFICULTY, LESSON)}}


def _write(chosen: dict[str, list[str]]) -> None:
    for key, values in chosen.items():
        if values:
            st.query_params[key] = values
        elif key in st.query_params:
            del st.query_params[key]
    st.session_state[_SEEN] = chosen


def is_lesson(problem: Problem) -> bool:
    """Whether plain training fails on it."""
    return bool(problem.failure) or (problem.promise is not None and math.isinf(problem.promise))


def _has(problem: Problem, word: str) -> bool:
    """Whether a word, or one that is about the same, occurs in what is said of a problem, or nearly so in its title."""
    searched, same = _searched(problem), next((words for words in SAME if word in words), {word})
    if "_" in word:  # a derivative: u_x is no part of u_xx
        return word in re.findall(r"\w+", searched)
    titled = re.findall(r"[^\W\d_]+", _plain(" ".join([_(problem.title), problem.title, _subject(problem)])))
    return any(one in searched for one in same) or (len(word) >= LONG and nearest(word, titled, LIKENESS) is not None)


def _searched(problem: Problem) -> str:
    texts = (problem.title, problem.description, problem.teaches)
    return _plain(" ".join([problem.name, *map(_, texts), *texts, problem.source, _subject(problem), *problem.equations]))


def _subject(problem: Problem) -> str:
    """The words of its group."""
    return " ".join([_(GROUPS[problem.group]), GROUPS[problem.group], SUBJECTS.get(problem.group, "")]) if problem.group else ""


def _words(query: str) -> list[str]:
    return re.findall(r"\w+", _plain(query))


def _plain(text: str) -> str:
    """Small letters without accents, so that `schrodinger` finds Schrödinger."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
