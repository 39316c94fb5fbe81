"""Fields of two coordinates, or slices of fields of three: as heat maps, as a surface, and cut along one coordinate.

Network and reference have one scale of colours, error and residual are coloured by the powers of ten of their size.

`{unknown}` and `{equation}` in an array's name stand for the visitor's choice among several. A slice lies across time, else across the last
coordinate; `meta.slice` names the array's dimension along which it is cut and that dimension's axis, and the visitor chooses where.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.domain.domain import TIME, Interval
from dashboard.figures.style import BAND, DIVERGING, GHOST, SEQUENTIAL, TEMPLATE, TEXT, axis, colour, layout

Coordinates = tuple[Interval, ...]
"""The numbers of coordinates of which there are maps."""
Points = Sequence[Sequence[float]]
"""The values of each coordinate at the points of data."""

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
"""The scale of colours below a small map."""
BESIDE = {"thickness": 12, "len": 1, "xpad": 6, "outlinewidth": 0, "nticks": 5, "exponentformat": "e"}
"""The scale of colours beside a large one."""
LINES = 6
"""Lines of equal height, at most, of a field before a change."""
LINE = "rgba(140,140,140,0.95)"
"""The colour of lines on a map, which is seen on red, blue and white."""
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


def solution(coordinates: Coordinates, data: Points | None = None, name: str = "") -> go.Figure:
    """The network's field, and as lines of equal height that which was there before a change.

    Two coordinates may have dots at the points of data, which the legend calls `name`.
    """
    figure = _map("axis", "solution.{unknown}", coordinates, DIVERGING, SIGNED)
    if data is not None and len(coordinates) == 2:
        right, up = shown(coordinates)
        dots = {"color": TEXT, "size": 3, "opacity": 0.5}
        figure.add_trace(go.Scatter(x=data[right], y=data[up], mode="markers", name=name, marker=dots, hoverinfo="skip", meta={"fill": {}}))
    return figure.add_trace(_ghost(coordinates))


def reference(coordinates: Coordinates) -> go.Figure:
    """The reference's field."""
    return _map("reference-axis", "reference.{unknown}", coordinates, DIVERGING, SIGNED)


def error(coordinates: Coordinates) -> go.Figure:
    """The distance from the reference."""
    return _sized("error-axis", "error.{unknown}", coordinates)


def residual(coordinates: Coordinates) -> go.Figure:
    """The size of an equation's residual."""
    return _sized("residual-axis", "residual.{equation}", coordinates)


def together(coordinates: Coordinates, titles: tuple[str, str, str]) -> go.Figure:
    """Network, reference and error side by side; zooming into one zooms into all. The titles are theirs."""
    whole = make_subplots(1, 3, subplot_titles=titles, shared_xaxes="all", shared_yaxes="all", horizontal_spacing=0.03)
    below = {**BAR, "y": -0.12, "len": 0.3, "xanchor": "left"}
    for column, (part, place) in enumerate(zip((solution, reference, error), (0.0, 0.35, 0.7), strict=True), start=1):
        drawn = part(coordinates)
        whole.add_trace(drawn.data[0].update(colorbar={**below, "x": place}), 1, column)
    right, up = shown(coordinates)
    ends = [{"range": [item.low, item.high], "showgrid": False, "nticks": 4} for item in (coordinates[right], coordinates[up])]
    whole.update_xaxes(title={"text": coordinates[right].name}, **ends[0]).update_yaxes(**ends[1])
    whole.update_yaxes(title={"text": coordinates[up].name}, col=1)
    whole.layout.template = TEMPLATE  # in place of Plotly's own, not over it
    if _to_scale(coordinates[right], coordinates[up]):
        whole.update_xaxes(constrain="domain")
        for column in (1, 2, 3):
            whole.update_yaxes(scaleanchor="x" if column == 1 else f"x{column}", constrain="domain", col=column)
    return whole.update_layout(uirevision="together", margin={"t": 32})


def surface(coordinates: Coordinates) -> go.Figure:
    """The network's field of two coordinates as a surface above them."""
    first, second = coordinates
    trace = go.Surface(
        colorscale=DIVERGING,
        showscale=False,
        cmin=-1,
        cmax=1,
        meta={"fill": {"x": f"axis.{second.name}", "y": f"axis.{first.name}", "z": "solution.{unknown}"}, "limits": SIGNED},
    )
    scene = {"xaxis": {"title": {"text": second.name}}, "yaxis": {"title": {"text": first.name}}, "zaxis": {"title": {"text": ""}}}
    return go.Figure(trace, {"template": TEMPLATE, "scene": {**scene, "aspectmode": "cube"}, "uirevision": "surface"})


def profile(coordinates: Coordinates, *, network: str, reference: str) -> go.Figure:
    """A field of two coordinates cut at a place of one: at a time, else at a value of the second. The words are the legend's."""
    cut = across(coordinates)
    along, place = coordinates[1 - cut], coordinates[cut]

    def line(axes: str, values: str, name: str, **look: Any) -> go.Scatter:
        meta = {"fill": {"x": f"{axes}.{along.name}", "y": values}, "slice": {"dimension": cut, "along": f"{axes}.{place.name}"}}
        return go.Scatter(name=name, mode="lines", meta=meta, **look)

    held = line("reference-axis", "reference.{unknown}", reference, line={"color": colour(0), "width": 9}, opacity=BAND)
    ghost = line("ghost-axis", "ghost-solution.{unknown}", "", line={"color": GHOST, "width": 2}, showlegend=False, hoverinfo="skip")
    found = line("axis", "solution.{unknown}", network, line={"color": colour(0), "width": 2.5, "simplify": False})
    room = {"yaxis": {"reference": ["reference.{unknown}"], "film": ["solution.{unknown}"]}}
    sides = axis(along.name, range=[along.low, along.high]), axis("")
    return go.Figure([held, ghost, found], layout(*sides, meta=room, showlegend=True))


def across(coordinates: Coordinates) -> int:
    """The number of the coordinate, of two, across which a profile is cut: time, else the second."""
    names = [coordinate.name for coordinate in coordinates]
    return names.index(TIME) if TIME in names else 1


def _sized(axes: str, values: str, coordinates: Coordinates) -> go.Figure:
    """The heat map of the size of a field, in powers of ten, so that a film's beginning and its end can both be read."""
    figure = _map(axes, values, coordinates, SEQUENTIAL, {"of": [values], "signed": False})
    trace = figure.data[0]
    trace.update(meta={**trace.meta, "changed": {"z": "log10"}}, colorbar={"tickprefix": "10<sup>", "ticksuffix": "</sup>", "dtick": 1})
    trace.update(hovertemplate=trace.hovertemplate.replace("%{z:.3~g}", "10<sup>%{z:.1f}</sup>"))
    return figure


def _map(axes: str, values: str, coordinates: Coordinates, scale: str, limits: dict[str, Any]) -> go.Figure:
    """The heat map to be filled from an array with a dimension a coordinate, in their order."""
    right, up = shown(coordinates)
    x, y, cut = coordinates[right], coordinates[up], sliced(coordinates)
    slice = {} if cut is None else {"slice": {"dimension": cut, "along": f"{axes}.{coordinates[cut].name}"}}
    trace = go.Heatmap(
        colorscale=scale,
        transpose=right < up,
        zsmooth="fast",  # by the browser, which is quicker than single boxes
        zmin=-1 if limits["signed"] else 0,
        zmax=1,
        colorbar=BESIDE,
        hovertemplate=f"{x.name} = %{{x:.3~g}}<br>{y.name} = %{{y:.3~g}}<br>%{{z:.3~g}}<extra></extra>",
        meta={"fill": {"x": f"{axes}.{x.name}", "y": f"{axes}.{y.name}", "z": values}, "limits": limits, **slice},
    )
    scaled = {"constrain": "domain"} if _to_scale(x, y) else {}
    anchor = {"scaleanchor": "x"} if scaled else {}
    sides = [axis(side.name, range=[side.low, side.high], showgrid=False, nticks=5, **scaled) for side in (x, y)]
    return go.Figure(trace, layout(sides[0], {**sides[1], **anchor}))


def _ghost(coordinates: Coordinates) -> go.Contour:
    """Lines of equal height of the field before a change."""
    filled = _map("ghost-axis", "ghost-solution.{unknown}", coordinates, DIVERGING, SIGNED).data[0]
    return go.Contour(
        ncontours=LINES,
        transpose=filled.transpose,
        contours={"coloring": "none"},
        line={"color": LINE, "width": 1.5, "dash": "dot"},
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
        meta={name: value for name, value in filled.meta.items() if name != "limits"},
    )


def _to_scale(x: Interval, y: Interval) -> bool:
    """Whether a unit should be as long upwards as to the right: where both are space, and the map then is no line."""
    ratio = (y.high - y.low) / (x.high - x.low)
    return TIME not in (x.name, y.name) and 1 / SLENDEREST <= ratio <= SLENDEREST
