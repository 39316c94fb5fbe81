"""A problem as mathematics: its equations, and in a smaller line its domain, conditions and numbers."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.problem import Problem
from dashboard.texts import _


def equation(problem: Problem, values: Mapping[str, float] | None = None) -> None:
    """Draw the problem, its parameters at `values`; each formula apart, so that lines break between them on a narrow screen."""
    formulas = problem.statement_latex(values)
    st.latex(r"\begin{aligned}" + r"\\ ".join(text.replace(" = ", " &= ", 1) for text in formulas.equations) + r"\end{aligned}")
    aside = [formulas.domain, *formulas.conditions]
    st.markdown(_listed(aside))
    numbers = [*formulas.parameters, *formulas.definitions]
    if numbers:
        st.markdown(_("with {formulas}").format(formulas=_listed(numbers)))


def _listed(formulas: list[str]) -> str:
    return ",  ".join(f"${text}$" for text in formulas)
