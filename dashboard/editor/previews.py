"""What the editor shows of a draft while it is typed: its formulas, its domain with the conditions, and its classical solution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.domain import grids
from core.domain.domain import TIME
from core.errors import TangenteError
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.problem import Problem
from core.problem.reading.readable import readable_formulas
from core.references import Reference
from core.store import classical
from dashboard.components.chart.chart import chart
from dashboard.editor.draft import Draft
from dashboard.editor.marks import Checked
from dashboard.figures import classical as figures
from dashboard.figures.domain import domain, legend
from dashboard.figures.maps import sliced
from dashboard.problems.equation import continuities, statement
from dashboard.server import evidence, references
from dashboard.server.services import store
from dashboard.texts import _, worded
from dashboard.texts.formats import BLANK, in_markdown, number

HEIGHT = 310
"""Pixels that each picture has, from the start."""


def show(draft: Draft | None, checked: Checked) -> None:
    """All previews of a draft."""
    problem = checked.experiment.problem if checked.experiment else None
    _written(draft)
    left, right = st.columns(2, gap="small")
    with left:
        _place(problem)
    with right:
        _solution(problem)
    for warning in checked.experiment.warnings if checked.experiment else ():
        st.warning(in_markdown(warning))


def _written(draft: Draft | None) -> None:
    """The draft as mathematics, as far as it can be read."""
    shown = readable_formulas(draft.table()) if draft else None
    with st.container(key="editor-formulas"):
        if shown and (shown.equations or shown.conditions):
            statement(shown)
        else:
            st.caption(_("The equations appear here as mathematics, while you type."))


def _place(problem: Problem | None) -> None:
    """The domain, with the places of the conditions on it."""
    hint = _("The domain and its conditions appear here, once they are right.")
    figure = domain(bind(problem, {})) if problem else None
    label = _("The domain, with the places of the conditions, which are listed below.")
    texts = legend((*problem.conditions, *continuities(problem)) if problem else ())
    chart(figure, key="editor-domain", title=_("Domain and conditions"), hint=hint, label=label, legend=texts, height=HEIGHT)


def _solution(problem: Problem | None) -> None:
    """The classical solution, once it is known; else that it is being computed, or why there is none."""
    answer = classical.known(store(), problem, {}) if problem else None
    title = _("Classical solution")
    picture = st.container()  # above what chooses its part, so that it stays where it is
    if problem and isinstance(answer, Reference):
        with st.container(key="editor-words"):
            st.caption(_words(answer))
        bound = bind(problem, {})
        figure = _figure(bound, *_chosen(answer), *choice(bound, "editor"))
        label = _("The classical solution of {unknowns}.").format(unknowns=", ".join(problem.unknowns))
        with picture:
            chart(figure, key="editor-solution", title=title, label=label, height=HEIGHT)
        return
    with picture:
        awaits = references.remember(problem, {}) if problem and answer is None else None
        chart(None, key="editor-solution", title=title, hint=_reason(problem, answer), height=HEIGHT, awaits=awaits)
    with st.container(key="editor-words"):
        st.caption(BLANK)


def _reason(problem: Problem | None, answer: Reference | TangenteError | None) -> str:
    if problem is None:
        return _("A classical method solves the problem here, as soon as there is no mistake in it.")
    return worded(answer) if isinstance(answer, TangenteError) else _("The classical solution is being computed.")


def _words(reference: Reference) -> str:
    """The method, how exact it says it is, and what it took."""
    if reference.method == "exact":
        return _("The exact solution, as it is stated.")
    method = _(references.METHODS[reference.method])
    parts = [
        method[:1].upper() + method[1:],
        _("estimated relative error {error}").format(error=number(reference.error)),
        _("{seconds} s").format(seconds=number(reference.seconds)),
        evidence.said(reference.evidence),
        _("{count} solutions").format(count=len(reference.solutions)) if reference.others else "",
    ]
    return " · ".join(filter(None, parts))


def _chosen(reference: Reference) -> tuple[grids.Array, list[grids.Array]]:
    """The solution that the visitor looks at, (*shape, unknowns), for them to choose where there are several; and the others."""
    if not reference.others:
        return reference.values, []
    numbers = list(range(1, len(reference.solutions) + 1))
    chosen = st.segmented_control(_("Solution"), numbers, default=1, key="editor-branch", required=True)
    index = chosen - 1 if chosen in numbers else 0
    return reference.solutions[index], [*reference.solutions[:index], *reference.solutions[index + 1 :]]


def choice(problem: BoundProblem, key: str) -> tuple[int, int | None]:
    """Which unknown a map shows, and where a slice is cut: for the visitor to choose where there are several; `key` begins the widgets'."""
    unknown, cut = 0, None
    if len(problem.coordinates) > 1 and len(problem.unknowns) > 1:
        chosen = st.segmented_control(_("Unknown"), problem.unknowns, default=problem.unknowns[0], key=f"{key}-unknown", required=True)
        unknown = problem.unknowns.index(chosen) if chosen in problem.unknowns else 0
    across = sliced(problem.coordinates)
    if across is not None:
        values = grids.axes(problem.coordinates, grids.FULL)[across]
        name = problem.coordinates[across].name
        start = values[-1] if name == TIME else values[len(values) // 2]
        at = st.select_slider(name, values.tolist(), float(start), format_func=lambda value: f"{value:.3g}", key=f"{key}-slice")
        cut = int(np.argmin(np.abs(values - at)))
    return unknown, cut


def _figure(problem: BoundProblem, values: grids.Array, others: Sequence[grids.Array], unknown: int, cut: int | None) -> go.Figure:
    axes: Sequence[grids.Array] = grids.axes(problem.coordinates, grids.FULL)
    if len(axes) > 1:
        return figures.field(problem.coordinates, axes, values[..., unknown], cut)
    alone = len(problem.unknowns) == 1
    names = [_("other solutions") if alone else _("{unknown}, other solutions").format(unknown=name) for name in problem.unknowns]
    return figures.curves(problem.coordinates[0], axes[0], problem.unknowns, values, names, others)
