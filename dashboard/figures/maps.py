"""Fields of two coordinates, or slices of fields of three, as heat maps: network and reference on one scale, error and residual by size.

`{unknown}` and `{equation}` in an array's name stand for the visitor's choice among several. A slice lies across time, else across the last
coordinate; `meta.slice` names the array's dimension along which it is cut and that dimension's axis, and the visitor chooses where.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from core.domain.domain import TIME, Interval
from dashboard.figures.style import DIVERGING, SEQUENTIAL, axis, layout

Coordinates = tuple[Interval, ...]
"""The numbers of coordinates of which there are maps."""

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
SLENDEREST = 3.0
"""Maps of space are drawn to scale up to this ratio of their sides; a more slender one would be a line."""


def sliced(coordinates: Coordinates) -> int | None:
    """Which of three coordinates a map is a slice across; None where two need no slice."""
    if len(coordinates) < 3:
        return None
    names = [coordinate.name for coordinate in coordinates]
    return names.index(TIME) if TIME in names else len(names) - 1


def shown(coordinates: Coordinates) -> tuple[int, int]:
    """The coordinates that run to the right and upwards: time to the right, else the first."""
    first, second = (index for index in range(len(coordinates)) if index != sliced(coordinates))
    return (second, first) if coordinates[second].name == TIME else (first, second)


def solution(coordinates: Coordinates) -> go.Figure:
    """The network's field."""
    return _map("axis", "solution.{unknown}", coordinates, DIVERGING, SIGNED)


def reference(coordinates: Coordinates) -> go.Figure:
    """The reference's field."""
    return _map("axis", "reference.{unknown}", coordinates, DIVERGING, SIGNED)


def error(coordinates: Coordinates) -> go.Figure:
    """The distance from the reference."""
    return _map("axis", "error.{unknown}", coordinates, SEQUENTIAL, {"of": ["error.{unknown}"], "signed": False})


def residual(coordinates: Coordinates) -> go.Figure:
    """The size of an equation's residual."""
    figure = _map("residual-axis", "residual.{equation}", coordinates, SEQUENTIAL, {"of": ["residual.{equation}"], "signed": False})
    return figure.update_traces(meta={**figure.data[0].meta, "absolute": True})


def _map(axes: str, values: str, coordinates: Coordinates, scale: str, limits: dict[str, Any]) -> go.Figure:
    """The heat map to be filled from an array with a dimension a coordinate, in their order."""
    right, up = shown(coordinates)
    x, y, cut = coordinates[right], coordinates[up], sliced(coordinates)
    slice = {} if cut is None else {"slice": {"dimension": cut, "along": f"{axes}.{coordinates[cut].name}"}}
    trace = go.Heatmap(
        colorscale=scale,
        transpose=right < up,
        zsmooth=False if cut is None else "best",  # a slice has few points
        zmin=-1 if limits["signed"] else 0,
        zmax=1,
        colorbar=BAR,
        hovertemplate=f"{x.name} = %{{x:.3~g}}<br>{y.name} = %{{y:.3~g}}<br>%{{z:.3~g}}<extra></extra>",
        meta={"fill": {"x": f"{axes}.{x.name}", "y": f"{axes}.{y.name}", "z": values}, "limits": limits, **slice},
    )
    scaled = {"constrain": "domain"} if _to_scale(x, y) else {}
    anchor = {"scaleanchor": "x"} if scaled else {}
    sides = [axis(side.name, range=[side.low, side.high], showgrid=False, nticks=5, **scaled) for side in (x, y)]
    return go.Figure(trace, layout(sides[0], {**sides[1], **anchor}))


def _to_scale(x: Interval, y: Interval) -> bool:
    """Whether a unit should be as long upwards as to the right: where both are space, and the map then is no line."""
    ratio = (y.high - y.low) / (x.high - x.low)
    return TIME not in (x.name, y.name) and 1 / SLENDEREST <= ratio <= SLENDEREST
