"""Fields of two coordinates, as heat maps: network and reference on one scale, the error and the residual by their size.

`{unknown}` and `{equation}` in an array's name stand for the visitor's choice among several.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard.figures.style import DIVERGING, SEQUENTIAL, axis, layout

TIME = "t"
EVERY = 300
"""Milliseconds between two drawings of the residual while it trains."""

SIGNED: dict[str, Any] = {"of": ["reference.{unknown}", "solution.{unknown}"], "signed": True}
"""One scale for network and reference: the reference's where there is one, so that colours stand still while it trains."""


def solution(coordinates: tuple[str, str]) -> go.Figure:
    """The network's field."""
    return _map("axis", "solution.{unknown}", coordinates, DIVERGING, SIGNED)


def reference(coordinates: tuple[str, str]) -> go.Figure:
    """The reference's field."""
    return _map("axis", "reference.{unknown}", coordinates, DIVERGING, SIGNED)


def error(coordinates: tuple[str, str]) -> go.Figure:
    """The distance from the reference."""
    return _map("axis", "error.{unknown}", coordinates, SEQUENTIAL, {"of": ["error.{unknown}"], "signed": False})


def residual(coordinates: tuple[str, str]) -> go.Figure:
    """The size of an equation's residual."""
    figure = _map("residual-axis", "residual.{equation}", coordinates, SEQUENTIAL, {"of": ["residual.{equation}"], "signed": False})
    return figure.update_traces(meta={**figure.data[0].meta, "absolute": True}).update_layout(meta={"every": EVERY})


def _map(axes: str, values: str, coordinates: tuple[str, str], scale: str, limits: dict[str, Any]) -> go.Figure:
    """The heat map to be filled from an array of shape (first, second coordinate): time to the right, else the first coordinate."""
    upright = coordinates[1] == TIME
    across, up = reversed(coordinates) if upright else coordinates
    trace = go.Heatmap(
        colorscale=scale,
        transpose=not upright,
        zsmooth=False,
        zmin=-1 if limits["signed"] else 0,
        zmax=1,
        colorbar={"orientation": "h", "thickness": 8, "len": 1, "y": -0.25, "yanchor": "top", "outlinewidth": 0, "nticks": 5},
        hovertemplate=f"{across} = %{{x:.3~g}}<br>{up} = %{{y:.3~g}}<br>%{{z:.3~g}}<extra></extra>",
        meta={"fill": {"x": f"{axes}.{across}", "y": f"{axes}.{up}", "z": values}, "limits": limits},
    )
    return go.Figure(trace, layout(axis(across, showgrid=False), axis(up, showgrid=False)))
