"""Debugging: the same deliberate mistakes in every framework, what each says of them, and what a breakpoint shows."""

from __future__ import annotations

import inspect
from typing import Any

import streamlit as st

from core.errands.batch import Errand
from core.why_pytorch.frameworks import mistakes
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS
from dashboard.texts import _
from dashboard.why_pytorch import asking

KIND = "mistakes"

_component = asking.section(KIND)


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
    data = {
        "start": _("Make the mistakes"),
        "frameworks": [
            {"name": framework.name, "label": framework.label, "here": framework.python is not None} for framework in FRAMEWORKS.values()
        ],
        "texts": _texts(list(names.values())),
    }
    asking.show(_component, KIND, data, lambda _chosen: _errands())


def _errands() -> list[Errand]:
    there = [framework for framework in FRAMEWORKS.values() if framework.python]
    return [
        Errand(framework.name, "core.why_pytorch.frameworks.mistakes", (framework.name,), framework.python or "") for framework in there
    ]


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
        "uncalled": _("its equation is not a function in which one could make a mistake, or stop"),
        "number": _("stops in {calls} of {steps} steps and shows a number: {shown}"),
        "symbol": _("stops in {calls} of {steps} steps and shows no number: {shown}"),
    }
