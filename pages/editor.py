"""Editor: write a problem, and see while you type what it says, where it is mistaken, and how a classical method solves it."""

from __future__ import annotations

import time
from pathlib import Path

import streamlit as st

from dashboard.editor import form, opening, previews, upload
from dashboard.editor.form import Writing
from dashboard.editor.marks import Checked, check
from dashboard.problems import catalogue
from dashboard.problems.catalogue import PROBLEM, Entry
from dashboard.runs import actions
from dashboard.texts import _
from dashboard.texts.formats import ago, plain

SOLVE = Path(__file__).with_name("solve.py")


@st.fragment
def workbench() -> None:
    """All that runs again while somebody types."""
    with actions.explained():
        current = form.writing()
        checked = check(current.draft) if current else Checked((), None)
        entries = catalogue.own()
    toolbar(current, checked, entries)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        form.form(current, checked.marks)
        with actions.explained():
            upload.panel(current)
    with right, st.container(key="editor-previews"), actions.explained():
        previews.show(current.draft if current else None, checked)
    own(entries)


def toolbar(current: Writing | None, checked: Checked, entries: list[Entry]) -> None:
    """What can be done with the draft, and how it stands."""
    ready = checked.experiment is not None
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="editor-buttons"):
        solve = st.button(_("Solve this"), "editor-solve", icon=":material/neurology:", type="primary", disabled=not ready)
        st.button(_("Save"), "editor-save", icon=":material/save:", on_click=opening.save, disabled=not ready)
        help = _("The problem as a text file (TOML), for the command line, for a colleague, for later.")
        st.button(_("Download"), "editor-download", help, opening.download, icon=":material/download:", disabled=current is None)
        opening.panel(entries)
        opening.notation()
    with st.container(key="editor-state"):
        st.markdown(opening.state(current, checked, entries))
    for note in opening.notes():
        st.warning(note)
    if solve and current:
        with actions.explained():
            id = form.save(current)
        st.switch_page(SOLVE, query_params={PROBLEM: id})


def own(entries: list[Entry]) -> None:
    """The visitor's problems."""
    st.subheader(_("Your problems"), anchor=False)
    if not entries:
        st.caption(_("What you save is listed here. Only you see the list; whoever has the link of a problem can open it."))
    for entry in entries:
        row(entry)


def row(entry: Entry) -> None:
    """One saved problem and what can be done with it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"own-{entry.id}"):
        st.markdown(f"**{plain(entry.title)}** · {ago(time.time() - entry.changed)}", width="stretch")
        if entry.error:
            st.badge(_("needs mending"), color="orange")
        st.button(_("Open"), f"open-{entry.id}", icon=":material/edit:", on_click=opening.open_own, args=(entry.id,))
        if st.button(_("Solve"), f"solve-{entry.id}", icon=":material/neurology:", disabled=entry.problem is None):
            st.switch_page(SOLVE, query_params={PROBLEM: entry.id})
        with st.popover(_("Delete"), icon=":material/delete:", key=f"ask-{entry.id}"):
            st.markdown(_("Delete **{title}**? Links to it will no longer open.").format(title=plain(entry.title)))
            st.button(_("Delete it"), f"delete-{entry.id}", type="primary", on_click=opening.delete, args=(entry.id,))


st.title(_("Write a problem"), anchor=False)
opening.follow()
workbench()
