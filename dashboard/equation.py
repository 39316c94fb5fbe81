"""A problem as mathematics: its equations, and in a smaller line its domain, conditions and numbers."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.problem import Problem


def equation(problem: Problem, values: Mapping[str, float] | None = None) -> None:
    """Draw the problem, its parameters at `values`; each formula apart, so that lines break between them on a narrow screen."""
    formulas = problem.statement_latex(values)
    for text in formulas.equations:
        st.latex(rf"\large {text}")
    parts = [formulas.domain, *formulas.conditions, *formulas.parameters, *formulas.definitions]
    st.markdown(" &emsp; ".join(f"${text}$" for text in parts), text_alignment="center")
