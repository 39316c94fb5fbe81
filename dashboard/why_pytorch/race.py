"""Frameworks side by side: the same training in each, one after the other, with an equation that changes on the way."""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.errands.batch import Errand
from core.errors import N_, TangenteError
from core.problem.reading.reading import library
from core.why_pytorch.frameworks import stated
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS, Framework
from core.why_pytorch.frameworks.task import TASKS, read
from dashboard.figures.style import axis, colour, dash, layout, logarithmic
from dashboard.problems import catalogue
from dashboard.runs import actions
from dashboard.texts import _, ngettext
from dashboard.texts.formats import in_markdown
from dashboard.why_pytorch import asking, others

NAMES = {"ode": N_("An ordinary equation"), "burgers": N_("Burgers' equation")}
PROBLEM = "problem-"
"""The mark before the key of a problem, among the tasks."""
STEPS, CHANGE = 300, 200
"""The steps that each framework trains, and the step after which its equation is exchanged."""

_component = asking.section("race")


def kind(task: str) -> str:
    """The name under which the batches of a task are kept."""
    return f"race-{task}"


def show() -> None:
    """The section."""
    st.markdown(
        _(
            "The same network, with the same first weights, learns the same equation in every framework, one after the other on one "
            "core of the machine that serves this page. After step {change} the equation is exchanged, in each in the same way: "
            "`program.residual = changed`. Who follows, and who goes on with the old one? The network is a plain perceptron with tanh, "
            "whatever the page Solve is set to."
        ).format(change=CHANGE)
    )
    task = _choice()
    try:
        given = TASKS[task]() if task in TASKS else read(_file(task))
    except TangenteError as error:
        st.error(in_markdown(error))
        return
    st.markdown(
        _("Equation: `{equation}`, after step {change}: `{changed}`. Network: {widths}, at {points} points.").format(
            equation=given.equation,
            change=CHANGE,
            changed=given.changed_equation,
            widths="-".join(map(str, [len(given.weights[0][0]), *(len(bias) for _weight, bias in given.weights)])),
            points=len(given.points),
        )
    )
    asking.show(_component, kind(task), _data(task), lambda _chosen: _errands(task))
    others.show()
    _code()


def _choice() -> str:
    """One of the two that the frameworks have in common, or a problem of the library's or one's own."""
    with actions.explained():
        own = [entry.id for entry in catalogue.own() if entry.problem]
    keys = [*TASKS, *(PROBLEM + key for key in [*own, *library()])]
    titles = [_(NAMES[task]) for task in TASKS] + [catalogue.title(key.removeprefix(PROBLEM)) for key in keys[len(TASKS) :]]
    shown = dict(zip(keys, catalogue.told_apart(titles), strict=True))
    return str(st.selectbox(_("Training"), keys, 0, shown.__getitem__, key="race-task", help=_("One of two, or a problem of the library.")))


def _file(task: str) -> str:
    """A file that states the task of a problem; raises `InputError` for one that not all frameworks can be given."""
    text = json.dumps(stated.stated(catalogue.find(task.removeprefix(PROBLEM)), {}))
    file = Path(_folder().name) / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    if not file.exists():
        file.write_text(text, encoding="utf-8")
    return str(file)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where tasks are put for the programs to read, as long as the server runs."""
    return tempfile.TemporaryDirectory(prefix="tangente-")


def _errands(task: str) -> list[Errand]:
    place = task if task in TASKS else _file(task)
    errands = [framework.errand(place, STEPS, CHANGE) for framework in FRAMEWORKS.values()]
    return [errand for errand in errands if errand is not None]


def _code() -> None:
    """Two programs beside each other, as they were run."""
    there = [framework.name for framework in FRAMEWORKS.values() if framework.source.exists()]
    st.subheader(_("The programs"), anchor=False)
    st.caption(_("Each as short as its users would write it; `task` holds arrays, and the equation as a function."))
    for column, start in zip(st.columns(2), (0, min(1, len(there) - 1)), strict=True):
        with column:
            label = _("Program {number}").format(number=start + 1)
            name = st.selectbox(label, there, start, lambda name: FRAMEWORKS[name].label, key=f"race-code-{start}")
            lines = FRAMEWORKS[name].lines
            st.caption(ngettext("{lines} line of code", "{lines} lines of code", lines).format(lines=lines))
            st.code(FRAMEWORKS[name].source.read_text(encoding="utf-8"), language="python", wrap_lines=True)


def _data(task: str) -> dict[str, Any]:
    figure = layout(axis(_("step")), logarithmic(_("loss")), showlegend=True)
    return {
        "start": _("Run all"),
        "frameworks": [_framework(framework, task, index) for index, framework in enumerate(FRAMEWORKS.values())],
        "layout": figure,
        "change": CHANGE,
        "steps": STEPS,
        "texts": _texts(),
    }


def _framework(framework: Framework, task: str, index: int) -> dict[str, Any]:
    record = None if framework.python else framework.record(task)
    return {
        "name": framework.name,
        "label": framework.label,
        "about": _(framework.about),
        "derivatives": _(framework.derivatives),
        "lines": framework.lines,
        "here": framework.python is not None and framework.takes(task),
        "hint": _hint(framework, task, record),
        "events": record["events"] if record else [],
        "line": {"color": colour(index), "dash": dash(index)},
    }


def _hint(framework: Framework, task: str, record: dict[str, Any] | None) -> str:
    """The reason why there is no number of this machine."""
    if not framework.takes(task):
        return _("only for the first two trainings: its derivatives are worked out by hand")
    if framework.python:
        return ""
    if record:
        return _("recorded on {date}: {machine}").format(date=record["date"], machine=record["machine"])
    if framework.variable:
        return _("not installed: it needs an interpreter of its own, in {variable}; docs/frameworks.md says how").format(
            variable=framework.variable
        )
    return _("not installed")


def _texts() -> dict[str, Any]:
    return {
        "title": _("Loss"),
        "hint": _("The losses appear here, one curve for each framework; where all agree they lie on one another."),
        "columns": [
            _("Framework"),
            _("Steps/s"),
            _("First step, s"),
            _("First step again, s"),
            _("CPU, s"),
            _("Memory, MB"),
            _("u_xx in the loss"),
            _("Lines"),
            _("After the change"),
        ],
        "waiting": _("waits"),
        "started": _("is being imported …"),
        "loaded": _("is being built …"),
        "training": _("step {step}"),
        "stopped": _("stopped"),
        "follows": _("follows at once"),
        "stale": _("keeps the old equation; rebuilt in {seconds} s"),
        "stuck": _("keeps the old equation"),
        "version": _("version {version}"),
    }
