"""Problems: the library as cards. One click opens a problem in Solve."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.problem import Problem
from dashboard.controls import PROBLEM, problems
from dashboard.texts import _
from dashboard.thumbnails import thumbnail

SOLVE = Path(__file__).with_name("solve.py")
COLUMNS = 3
DIFFICULTIES = {"easy": (_("easy"), "green"), "medium": (_("medium"), "orange"), "hard": (_("hard"), "red")}

pictures = st.cache_data(thumbnail, max_entries=200, show_spinner=False, hash_funcs={Problem: lambda problem: str(problem.content())})


def card(problem: Problem) -> None:
    """The problem's equation, picture and words."""
    st.subheader(_(problem.title), anchor=False)
    label, color = DIFFICULTIES[problem.difficulty]
    st.badge(label, color=color)
    picture = pictures(problem)
    if picture:
        st.image(picture, width="stretch", alt=_("The solution of the problem: {title}").format(title=_(problem.title)))
    for formula in problem.statement_latex().equations:
        st.latex(formula)
    st.markdown(_(problem.description))
    st.caption(_("Source: {source}").format(source=problem.source))


st.title(_("Problems"), anchor=False)
st.markdown(_("Differential equations to begin with, easy ones first. Each opens with settings that suit it."))
library = problems()
for start in range(0, len(library), COLUMNS):
    for column, problem in zip(st.columns(COLUMNS), library[start : start + COLUMNS], strict=False):
        with column, st.container(border=True, height="stretch"):
            with st.container(height="stretch"):  # pushes the buttons of a row to one height
                card(problem)
            if st.button(_("Open in Solve"), f"open-{problem.name}", icon=":material/arrow_forward:", width="stretch"):
                st.switch_page(SOLVE, query_params={PROBLEM: problem.name})
