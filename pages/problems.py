"""Problems: the library and one's own as cards, to search and to choose from. One click opens one in Solve, another in the editor."""

from __future__ import annotations

import math
from pathlib import Path

import streamlit as st

from core.experiment.presets import WATCH
from core.problem.formulas import formulas
from core.problem.problem import Problem
from dashboard.components.picture.picture import picture
from dashboard.problems import catalogue, filters
from dashboard.problems.catalogue import PROBLEM
from dashboard.problems.equation import stacked
from dashboard.runs import actions
from dashboard.solve.presets import PRESET
from dashboard.texts import _, ngettext
from dashboard.texts.formats import number, plain

SOLVE = Path(__file__).with_name("solve.py")
EDITOR = Path(__file__).with_name("editor.py")
COLUMNS = 3
COLOURS = {"easy": "green", "medium": "orange", "hard": "red"}


def card(key: str, problem: Problem) -> None:
    """A problem's picture, equations and words, and its buttons."""
    with st.container(height="stretch"):  # pushes the buttons of a row to one height
        st.markdown(f"### {title(problem)}\n\n{badges(problem)}")
        picture(problem, _(problem.title) if problem.name else problem.title, key=f"picture-{key}")
        st.markdown(words(problem))
    with st.container(horizontal=True, gap="xsmall"):
        if st.button(_("Open in Solve"), f"open-{key}", icon=":material/arrow_forward:", type="primary"):
            st.switch_page(SOLVE, query_params={PROBLEM: key, PRESET: WATCH})
        text, aim = (_("Edit a copy"), "copy") if problem.name else (_("Edit"), "open")
        if st.button(text, f"edit-{key}", icon=":material/edit:"):
            st.switch_page(EDITOR, query_params={aim: key})


def title(problem: Problem) -> str:
    """The problem's title, in Markdown."""
    return catalogue.said(problem, problem.title) or _("Problem without a title")


def badges(problem: Problem) -> str:
    """What kind of problem it is, and how difficult, in Markdown."""
    kinds = [f":gray-badge[{_(filters.KINDS[kind])}]" for kind in problem.kinds]
    level = problem.difficulty
    last = f":{COLOURS[level]}-badge[{_(filters.DIFFICULTIES[level])}]" if problem.name else f":blue-badge[{_('yours')}]"
    return " ".join([*kinds, last])


def words(problem: Problem) -> str:
    """The equations and all that is said of the problem, in Markdown: one element, as Streamlit takes its time for each."""
    source = _("Source: {source}").format(source=plain(problem.source)) if problem.source else ""
    parts = [
        f"$${stacked(formulas(problem).equations)}$$",
        catalogue.said(problem, problem.description),
        f":material/school: {catalogue.said(problem, problem.teaches)}" if problem.teaches else "",
        *(f":small[{line}]" for line in (promise(problem), source) if line),
    ]
    return "\n\n".join(filter(None, parts))


def promise(problem: Problem) -> str:
    """What training by the recipe reaches."""
    if problem.promise is None:
        return ""
    if math.isinf(problem.promise):
        return _("Plain training fails here: a lesson.")
    text = _("Trains to a relative L2 error of {error} or less with the preset Sharp.").format(error=number(problem.promise))
    return " ".join([text, *([_("Plain training fails here: a lesson, at one click.")] if problem.failure else [])])


st.title(_("Problems"), anchor=False)
st.markdown(_("Differential equations to begin with, easy ones first. Each opens with settings that suit it."))
with actions.explained():
    own = {entry.id: entry.problem for entry in catalogue.own() if entry.problem}
problems = own | {problem.name: problem for problem in catalogue.library_problems()}
wanted = filters.controls(list(problems.values()))
chosen = [(key, problem) for key, problem in problems.items() if filters.found(problem, *wanted)]
total = ngettext("{number} problem", "{number} problems", len(problems)).format(number=len(problems))
st.caption(total if len(chosen) == len(problems) else _("{number} of {total}").format(number=len(chosen), total=total))
if not chosen:
    st.info(_("No problem matches. Try fewer words, or another kind."), icon=":material/search_off:")
    st.button(_("Show all problems"), "reset-filters", on_click=filters.reset)

for start in range(0, len(chosen), COLUMNS):
    for column, (key, problem) in zip(st.columns(COLUMNS), chosen[start : start + COLUMNS], strict=False):
        with column, st.container(border=True, height="stretch"):
            card(key, problem)
