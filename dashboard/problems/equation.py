"""A problem as mathematics: its equations, and in smaller lines its domain, conditions and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.errors import TangenteError
from core.expressions import Expression, to_latex, to_text
from core.problem import cusps
from core.problem.binding import bind
from core.problem.formulas import Formulas, formulas
from core.problem.problem import Problem
from dashboard.texts import _

FEW = 6
"""Formulas below the equations that fit into one line."""


def equation(problem: Problem, values: Mapping[str, float] | None = None) -> None:
    """Draw the problem, its parameters at `values`, and what is continuous where an equation steps."""
    statement(formulas(problem, values))
    for tree, place in _asked(problem, values or {}):
        st.caption(_continuous(f"${to_latex(tree)}$", f"${place}$"), text_alignment="center")


def headline(problem: Problem, values: Mapping[str, float] | None = None) -> None:
    """The problem in a line that breaks where it must: its equations, and its conditions where there are few formulas in all."""
    shown = formulas(problem, values)
    few = shown.conditions if len(shown.equations) + len(shown.conditions) <= FEW else ()
    with st.container(key="problem-in-a-line", width="stretch"):
        st.markdown(" &emsp; ".join(f"${text}$" for text in (*shown.equations, *few)))


def continuities(problem: Problem) -> tuple[str, ...]:
    """What is asked to be continuous where an equation steps, one text for each loss term."""
    return tuple(_continuous(to_text(tree), place) for tree, place in _asked(problem, {}))


def _asked(problem: Problem, values: Mapping[str, float]) -> tuple[tuple[Expression, str], ...]:
    """Trees and places; none where the equations have no value, as is said elsewhere."""
    try:
        return cusps.asked(cusps.find(bind(problem, values)))
    except TangenteError:
        return ()


def _continuous(flux: str, place: str) -> str:
    return _("{flux} is continuous at {place}").format(flux=flux, place=place)


def statement(formulas: Formulas) -> None:
    """Draw formulas of a problem; lines break between the small ones, never inside one."""
    with st.container(key="statement", gap="small"):
        if formulas.equations:
            st.latex(rf"\large {stacked(formulas.equations)}")
        groups = [[formulas.domain] if formulas.domain else [], formulas.conditions, [*formulas.definitions, *formulas.parameters]]
        if sum(map(len, groups)) <= FEW:
            groups = [[text for group in groups for text in group]]
        for group in filter(None, groups):
            st.markdown(" &emsp; ".join(f"${text}$" for text in group), text_alignment="center")


def stacked(equations: Sequence[str]) -> str:
    """Equations in LaTeX, one below the other, their equals signs in line."""
    rows = r" \\[0.6em] ".join(text.replace(" = ", " &= ", 1) for text in equations)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}" if len(equations) > 1 else equations[0]
