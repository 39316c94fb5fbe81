"""Debugging: the same deliberate mistakes in every framework, what each says of them, and what a breakpoint shows."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import streamlit as st

from core.errands import Errand
from core.frameworks import mistakes
from core.frameworks.catalogue import FRAMEWORKS
from dashboard import batches
from dashboard.texts import LANGUAGE, _

ASSETS = Path(__file__).with_suffix("")
HERE = Path(__file__).resolve().parent
LIVE = HERE.parent / "live"
SHARED = ("words.js", "frames.js", "server.js")
KIND = "mistakes"

_component = st.components.v2.component(
    "tangente.mistakes",
    js="\n".join(path.read_text(encoding="utf-8") for path in (*(LIVE / name for name in SHARED), ASSETS / "view.js")),
    css="\n".join(path.read_text(encoding="utf-8") for path in (HERE / "race" / "view.css", ASSETS / "view.css")),
)


def show() -> None:
    """The section."""
    st.markdown(
        _(
            "Three mistakes that everybody makes, each in the function that states the equation, and a stop in that function. An error "
            "that comes at once, with the line in it, is worth an hour; a wrong number without a word costs a day."
        )
    )
    names = {"shape": _("A point is missing"), "dimension": _("A row and a column"), "nan": _("Division by zero")}
    for column, (name, title) in zip(st.columns(len(names)), names.items(), strict=True):
        with column:
            st.caption(title)
            st.code(inspect.getsource(mistakes.MISTAKES[name]).split("\n", 1)[1].strip(), language="python", wrap_lines=True)
    batch = batches.newest(KIND)
    running = batch is not None and batch.running
    with st.container(horizontal=True, gap="xsmall"):
        label = _("Make the mistakes")
        st.button(label, "mistakes-run", icon=":material/bug_report:", type="primary", on_click=_start, disabled=running)
        st.button(_("Stop"), "mistakes-stop", icon=":material/stop:", on_click=_stop, disabled=not running)
    data = {
        "batch": batch.id if batch else None,
        "running": running,
        "frameworks": [
            {"name": framework.name, "label": framework.label, "here": framework.python is not None} for framework in FRAMEWORKS.values()
        ],
        "texts": _texts(list(names.values())),
        "locale": LANGUAGE,
    }
    _component(key="mistakes", data=data, on_over_change=lambda: None)


def _start() -> None:
    there = [framework for framework in FRAMEWORKS.values() if framework.python]
    batches.start(KIND, [Errand(it.name, "core.frameworks.mistakes", (it.name,), it.python or "") for it in there])


def _stop() -> None:
    batch = batches.newest(KIND)
    if batch is not None:
        batch.stop()


def _texts(mistakes: list[str]) -> dict[str, Any]:
    return {
        "columns": [_("Framework"), *mistakes, _("A breakpoint in the function")],
        "missing": _("not installed"),
        "waiting": _("waits"),
        "started": _("is running …"),
        "silent": _("no error; the loss is {loss}"),
        "step": _("{raised}, in the step"),
        "build": _("{raised}, when the step was made"),
        "line": _("shows the line"),
        "lost": _("does not show the line"),
        "uncalled": _("its equation is not a function that could be mistaken, or stopped in"),
        "number": _("stops {calls} times in {steps} steps and shows a number: {shown}"),
        "symbol": _("stops {calls} times in {steps} steps and shows no number: {shown}"),
        "gone": _("These measurements are no longer there; start them again."),
    }
