"""Figures of fields on a grid, plain Plotly ones that a notebook shows and a file keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import plotly.graph_objects as go

Arrays = Mapping[str, NDArray[Any]]


def figure(axes: Arrays, fields: Arrays, reference: Arrays) -> go.Figure:
    """The fields of one coordinate as curves, of more as maps, a row an unknown."""
    return _curves(axes, fields, reference) if len(axes) == 1 else _maps(axes, fields, reference)


def _curves(axes: Arrays, fields: Arrays, reference: Arrays) -> go.Figure:
    import plotly.graph_objects as go

    ((name, x),) = axes.items()
    bands = [
        go.Scatter(x=x, y=values, name=f"{unknown}, reference", line={"width": 8}, opacity=0.35) for unknown, values in reference.items()
    ]
    lines = [go.Scatter(x=x, y=values, name=f"{unknown}, network", line={"color": "#222222"}) for unknown, values in fields.items()]
    return go.Figure([*bands, *lines], {"xaxis": {"title": name}, "template": "plotly_white"})


def _maps(axes: Arrays, fields: Arrays, reference: Arrays) -> go.Figure:
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    (first, x), (second, y) = list(axes.items())[:2]
    columns = {unknown: _columns(values, reference.get(unknown)) for unknown, values in fields.items()}
    titles = [f"{unknown}, {title}" for unknown, found in columns.items() for title in found]
    width = len(titles) // len(columns)
    drawn = make_subplots(len(columns), width, subplot_titles=titles, shared_xaxes=True, shared_yaxes=True)
    for row, found in enumerate(columns.values(), start=1):
        for column, (title, values) in enumerate(found.items(), start=1):
            colours = {"colorscale": "Viridis"} if title == "error" else {"colorscale": "RdBu", "reversescale": True, "zmid": 0}
            drawn.add_trace(go.Heatmap(x=x, y=y, z=_plane(values).T, showscale=False, **colours), row, column)
    return drawn.update_xaxes(title=first, row=len(columns)).update_yaxes(title=second, col=1).update_layout(template="plotly_white")


def _columns(values: NDArray[Any], reference: NDArray[Any] | None) -> Arrays:
    """What is drawn of one unknown."""
    return {"network": values} if reference is None else {"network": values, "reference": reference, "error": np.abs(values - reference)}


def _plane(values: NDArray[Any]) -> NDArray[Any]:
    """A field of two coordinates; of three, halfway along the last."""
    return values if values.ndim == 2 else values[..., values.shape[2] // 2]
