"""Problems: the library and one's own as cards, to search and to choose from. A picture or a title opens one in Solve."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from core.experiment.presets import WATCH
from dashboard.components.gallery.gallery import gallery
from dashboard.problems import cards, catalogue, filters
from dashboard.runs import actions
from dashboard.solve.presets import PRESET
from dashboard.texts import _, ngettext

SOLVE = Path(__file__).with_name("solve.py")
EDITOR = Path(__file__).with_name("editor.py")


def go(address: str) -> None:
    """Open the page of an address that a card has given out."""
    parts = urlsplit(address)
    st.switch_page(EDITOR if parts.path.endswith("editor") else SOLVE, query_params=dict(parse_qsl(parts.query)))


st.title(_("Problems"), anchor=False)
st.markdown(_("Differential equations to begin with. Each opens with settings that suit it."))
with actions.explained():
    own = {entry.id: entry.problem for entry in catalogue.own() if entry.problem}
problems = own | {problem.name: problem for problem in catalogue.library_problems()}
wanted = filters.controls(list(problems.values()))
chosen = {key: problem for key, problem in problems.items() if filters.found(problem, *wanted)}
total = ngettext("{number} problem", "{number} problems", len(problems)).format(number=len(problems))
st.caption(total if len(chosen) == len(problems) else _("{number} of {total}").format(number=len(chosen), total=total))
if not chosen:
    st.info(_("No problem matches. Try fewer words, or another kind."), icon=":material/search_off:")
    st.button(_("Show all problems"), "reset-filters", on_click=filters.reset)
gallery(cards.grouped(chosen, {PRESET: WATCH}), go, key="gallery")
