"""The constants that a run has to find: how each came to its value, against the step."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.style import GHOST, TEMPLATE, TEXT, axis, colour


def constants(truths: Mapping[str, float | None], *, step: str, truth: str) -> go.Figure:
    """A curve for each constant, one below the other, filled from `estimate.steps` and `estimate.NAME`.

    Beside it are its true value where that is known, from `estimate.ends` and `truth.NAME`, and its 95 % interval where the run has come
    to its end, from `estimate.end` and `interval.NAME`; a line at `cursor.step` says which step is looked at. `step` and `truth` are words.
    """
    figure = make_subplots(len(truths), 1, shared_xaxes=True, vertical_spacing=0.08)
    for row, name in enumerate(truths, 1):
        at = {"row": row, "col": 1}
        figure.add_trace(_line("estimate.ends", f"truth.{name}", truth, {"color": GHOST, "width": 6}), **at)
        figure.add_trace(_line("cursor.step", f"cursor.{name}", "", {"color": TEXT, "width": 1}), **at)
        figure.add_trace(_line("estimate.steps", f"estimate.{name}", name, {"color": colour(row - 1), "width": 2.5}), **at)
        figure.add_trace(_line("estimate.end", f"interval.{name}", "95 %", {"color": colour(row - 1), "width": 8}), **at)
        figure.update_yaxes(axis(name), **at)
    figure.update_xaxes(axis(step), row=len(truths), col=1)
    figure.update_layout(template=TEMPLATE, uirevision="constants", showlegend=False)
    return figure


def _line(x: str, y: str, name: str, line: Mapping[str, object]) -> go.Scatter:
    """A line that is filled from two arrays; without a name it is an aid that cannot be pointed at."""
    told = {"hovertemplate": f"%{{x}}: %{{y:.6~g}}<extra>{name}</extra>"} if name else {"hoverinfo": "skip"}
    return go.Scatter(mode="lines", line={**line, "simplify": False}, name=name, meta={"fill": {"x": x, "y": y}}, **told)
