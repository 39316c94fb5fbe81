"""The navigation. Streamlit runs this file for each visitor and each click, and from it the page that is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.runs import working
from dashboard.solve import opening
from dashboard.texts import _

HERE = Path(__file__).resolve().parent
PAGES = HERE.parent / "pages"
SOLVE = PAGES / "solve.py"
PROBLEMS = PAGES / "problems.py"
EDITOR = PAGES / "editor.py"
PYTORCH = PAGES / "pytorch.py"

ABOUT = _("**Tangente**: watch a neural network learn a differential equation, beside a classical method that solves it.")

st.set_page_config(
    page_title=_("Tangente"), page_icon=HERE / "icon.svg", layout="wide", initial_sidebar_state=260, menu_items={"About": ABOUT}
)
st.html(HERE / "page.css")
page = st.navigation(
    [
        st.Page(SOLVE, title=_("Solve"), icon=":material/neurology:", default=True),
        st.Page(PROBLEMS, title=_("Problems"), icon=":material/grid_view:"),
        st.Page(EDITOR, title=_("Write a problem"), icon=":material/edit_note:"),
        st.Page(PYTORCH, title=_("Why PyTorch"), icon=":material/local_fire_department:"),
    ],
    position="top",
)
working.mark(opening.address)
page.run()
