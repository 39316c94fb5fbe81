"""The loss: its total and each term, against the step, on log axes."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from dashboard.figures.style import GHOST, TEXT, VALIDATION, colour, dash, layout, logarithmic


def loss(terms: Mapping[str, str], steps: int | None, *, step: str, total: str, held: str | None = None) -> go.Figure:
    """The figure to be filled from `loss.steps`, `loss.total` and `loss.TERM`; with a word for it, `held`, from `validation.loss`, too.

    A line at `cursor.step` says which step is looked at; `ghost-loss.total` is the loss before a change.

    `terms` maps each term's name to its label; the axis reaches to `steps` from the start. `step` and `total` are words of the legend.
    """
    ghost = go.Scatter(mode="lines", line={"color": GHOST, "width": 2}, meta={"fill": {"x": "ghost-loss.steps", "y": "ghost-loss.total"}})
    cursor = go.Scatter(mode="lines", line={"color": TEXT, "width": 1}, meta={"fill": {"x": "cursor.step", "y": "cursor.loss"}})
    for aside in (ghost, cursor):
        aside.update(showlegend=False, hoverinfo="skip")
    curves = [_curve(f"loss.{term}", label, colour(index), 1.5, dash(index)) for index, (term, label) in enumerate(terms.items())]
    curves.append(_curve("loss.total", total, TEXT, 2.5))
    if held is not None:
        curves.append(_curve("validation.loss", held, VALIDATION, 2.5, "dash", along="validation.steps"))
    curves[:0] = [ghost, cursor]
    reach = {"autorangeoptions": {"include": [1, steps]}} if steps else {}
    return go.Figure(curves, layout(logarithmic(step, **reach), logarithmic("")))


def _curve(array: str, name: str, color: str, width: float, dash: str = "solid", along: str = "loss.steps") -> go.Scatter:
    return go.Scatter(
        name=name,
        mode="lines",
        line={"color": color, "width": width, "dash": dash},
        hovertemplate="%{x}: %{y:.2~e}<extra>%{fullData.name}</extra>",
        meta={"fill": {"x": along, "y": array}},
    )
