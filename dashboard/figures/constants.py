"""The constants that a run has to find: how each came to its value, against the step."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.style import GHOST, TEMPLATE, TEXT, axis, colour


def constants(names: Mapping[str, str], *, step: str, truth: str) -> go.Figure:
    """A curve for each constant, one below the other, filled from `estimate.steps` and `estimate.NAME`; `names` says how each is written.

    Beside it are its true value where that is known, from `estimate.ends` and `truth.NAME`, and its 95 % interval where the run has come
    to its end, from `estimate.end` and `interval.NAME`; a line at `cursor.step` says which step is looked at. `step` and `truth` are words.
    """
    figure = make_subplots(len(names), 1, shared_xaxes=True, vertical_spacing=0.08)
    for row, (name, written) in enumerate(names.items(), 1):
        at = {"row": row, "col": 1}
        figure.add_trace(_line("estimate.ends", f"truth.{name}", truth, {"color": GHOST, "width": 6}), **at)
        figure.add_trace(_line("cursor.step", f"cursor.{name}", "", {"color": TEXT, "width": 1}), **at)
        figure.add_trace(_line("estimate.steps", f"estimate.{name}", written, {"color": colour(row - 1), "width": 2.5}), **at)
        figure.add_trace(_line("estimate.end", f"interval.{name}", "95 %", {"color": colour(row - 1), "width": 8}), **at)
        figure.update_yaxes(axis(written), **at)
    figure.update_xaxes(axis(step), row=len(names), col=1)
    figure.update_layout(template=TEMPLATE, uirevision="constants", showlegend=False)
    return figure


def _line(x: str, y: str, name: str, line: Mapping[str, object]) -> go.Scatter:
    """A line that is filled from two arrays; without a name it is an aid that cannot be pointed at."""
    told = {"hovertemplate": f"%{{x}}: %{{y:.6~g}}<extra>{name}</extra>"} if name else {"hoverinfo": "skip"}
    return go.Scatter(mode="lines", line={**line, "simplify": False}, name=name, meta={"fill": {"x": x, "y": y}}, **told)
