"""Finding problems among many: by words, by kind, by difficulty."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

import streamlit as st

from core.errors import N_
from core.problem.problem import Problem
from dashboard.texts import _

KINDS = {"ode": N_("ODE"), "pde": N_("PDE"), "system": N_("System"), "regression": N_("Data alone")}
DIFFICULTIES = {"easy": N_("easy"), "medium": N_("medium"), "hard": N_("hard")}
QUERY, KIND, DIFFICULTY = KEYS = ("q", "kind", "difficulty")
"""The names of the controls, in the address and in session state alike."""

_SEEN = "filters-seen"


def found(problem: Problem, query: str, kinds: Collection[str], difficulties: Collection[str]) -> bool:
    """Whether a problem has every word of `query`, is of the `kinds` and of one of the `difficulties`; empty ones ask for nothing.

    ODE and PDE are alternatives: with both chosen a problem may be either; a system must be one besides.
    """
    either = {"ode", "pde"} & set(kinds)
    return (
        (not either or bool(either & set(problem.kinds)))
        and ("system" not in kinds or "system" in problem.kinds)
        and (not difficulties or problem.difficulty in difficulties)
        and all(word in _searched(problem) for word in _words(query))
    )


def controls(problems: Collection[Problem]) -> tuple[str, list[str], list[str]]:
    """The controls, bound to the address: the words, kinds and difficulties that are asked for."""
    _follow()
    kinds = {name: f"{_(text)} · {sum(name in problem.kinds for problem in problems)}" for name, text in KINDS.items()}
    levels = {name: f"{_(text)} · {sum(problem.difficulty == name for problem in problems)}" for name, text in DIFFICULTIES.items()}
    with st.container(horizontal=True, gap="medium", key="filters"):
        placeholder = _("Search by title, words or source")
        query = st.text_input(_("Search"), key=QUERY, type="search", live=True, placeholder=placeholder, width=380)
        kind = st.pills(_("Kind"), list(kinds), selection_mode="multi", format_func=kinds.__getitem__, key=KIND)
        level = st.pills(_("Difficulty"), list(levels), selection_mode="multi", format_func=levels.__getitem__, key=DIFFICULTY)
    chosen = {QUERY: [query] if query else [], KIND: kind, DIFFICULTY: level}
    _write(chosen)
    return query or "", kind, level


def reset() -> None:
    """Ask for nothing again. For callbacks."""
    st.session_state.update({QUERY: "", KIND: [], DIFFICULTY: []})


def _follow() -> None:
    """Set the controls to what the address asks, where that is not what was last written there: after a link, or the way back."""
    asked = {key: st.query_params.get_all(key) for key in KEYS}
    if asked == st.session_state.get(_SEEN) and all(key in st.session_state for key in KEYS):
        return
    st.session_state[QUERY] = asked[QUERY][0] if asked[QUERY] else ""
    for key, known in ((KIND, KINDS), (DIFFICULTY, DIFFICULTIES)):
        st.session_state[key] = [name for name in known if name in asked[key]]


def _write(chosen: dict[str, list[str]]) -> None:
    for key, values in chosen.items():
        if values:
            st.query_params[key] = values
        elif key in st.query_params:
            del st.query_params[key]
    st.session_state[_SEEN] = chosen


def _searched(problem: Problem) -> str:
    texts = (problem.title, problem.description, problem.teaches)
    return _plain(" ".join([problem.name, *map(_, texts), *texts, problem.source]))


def _words(query: str) -> list[str]:
    return re.findall(r"\w+", _plain(query))


def _plain(text: str) -> str:
    """Small letters without accents, so that `schrodinger` finds Schrödinger."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
