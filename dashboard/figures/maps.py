"""Fields of two coordinates, as heat maps: network and reference on one scale, the error and the residual by their size.

`{unknown}` and `{equation}` in an array's name stand for the visitor's choice among several.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from core.domain import TIME, Interval
from dashboard.figures.style import DIVERGING, SEQUENTIAL, axis, layout

SIGNED: dict[str, Any] = {"of": ["reference.{unknown}", "solution.{unknown}"], "signed": True}
"""One scale for network and reference: the reference's where there is one, so that colours stand still while it trains."""

BAR = {
    "orientation": "h",
    "thickness": 8,
    "len": 1,
    "xpad": 0,
    "y": -0.22,
    "yanchor": "top",
    "outlinewidth": 0,
    "nticks": 4,
    "exponentformat": "e",
}


def solution(coordinates: tuple[Interval, Interval]) -> go.Figure:
    """The network's field."""
    return _map("axis", "solution.{unknown}", coordinates, DIVERGING, SIGNED)


def reference(coordinates: tuple[Interval, Interval]) -> go.Figure:
    """The reference's field."""
    return _map("axis", "reference.{unknown}", coordinates, DIVERGING, SIGNED)


def error(coordinates: tuple[Interval, Interval]) -> go.Figure:
    """The distance from the reference."""
    return _map("axis", "error.{unknown}", coordinates, SEQUENTIAL, {"of": ["error.{unknown}"], "signed": False})


def residual(coordinates: tuple[Interval, Interval]) -> go.Figure:
    """The size of an equation's residual."""
    figure = _map("residual-axis", "residual.{equation}", coordinates, SEQUENTIAL, {"of": ["residual.{equation}"], "signed": False})
    return figure.update_traces(meta={**figure.data[0].meta, "absolute": True})


def _map(axes: str, values: str, coordinates: tuple[Interval, Interval], scale: str, limits: dict[str, Any]) -> go.Figure:
    """The heat map to be filled from an array of shape (first, second coordinate): time to the right, else the first coordinate."""
    upright = coordinates[1].name == TIME
    across, up = reversed(coordinates) if upright else coordinates
    trace = go.Heatmap(
        colorscale=scale,
        transpose=not upright,
        zsmooth=False,
        zmin=-1 if limits["signed"] else 0,
        zmax=1,
        colorbar=BAR,
        hovertemplate=f"{across.name} = %{{x:.3~g}}<br>{up.name} = %{{y:.3~g}}<br>%{{z:.3~g}}<extra></extra>",
        meta={"fill": {"x": f"{axes}.{across.name}", "y": f"{axes}.{up.name}", "z": values}, "limits": limits},
    )
    sides = [axis(side.name, range=[side.low, side.high], showgrid=False, nticks=5) for side in (across, up)]
    return go.Figure(trace, layout(sides[0], sides[1]))
