"""A problem's domain, with the places at which its conditions hold: an interval, a rectangle, or the projection of a box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import plotly.graph_objects as go

from core.domain.domain import Interval, Place
from core.expressions import At, leaves_in
from core.problem import cusps
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition
from core.problem.cusps import Cusp
from dashboard.figures.maps import shown
from dashboard.figures.style import GRID, TEXT, axis, colour, dash, layout, pale

DEPTH = (0.45, 0.32)
"""How far right and up, in parts of the front's sides, the third coordinate leads in the projection of a box."""
STACKED = 0.3
"""How far apart the numbers of conditions at one end of an interval are, where its picture is 2 high."""
STROKE = 0.35
"""How far up and down the mark of a step reaches, where the picture of an interval is 2 high."""
FACE = 0.22
"""The opacity of a face that has a condition."""
Points = list[tuple[float, float]]


def domain(problem: BoundProblem) -> go.Figure:
    """The domain and the places of its conditions, each in the colour of `legend` and with the condition's number on it.

    Where an equation steps, a dashed line, or a face, crosses the domain; what is continuous there is marked as conditions are.
    """
    draw = {1: _interval, 2: _rectangle, 3: _box}[len(problem.coordinates)]
    lines, discs = draw(problem.coordinates), []
    steps = cusps.find(problem)
    lines += [_crossing(problem.coordinates, cusp) for cusp in steps]
    asked = [_across(problem.coordinates, cusp) for cusp in steps for _tree in cusp.asked]
    looked = [(number, place) for number, condition in enumerate(problem.conditions) for place in places(condition)]
    looked += enumerate(asked, len(problem.conditions))
    for number, place in looked:
        here = [other for other, elsewhere in looked if elsewhere == place]
        corners = _corners(problem.coordinates, place)
        lines.append(_marked(corners, number, len(here) - here.index(number)))
        if len(problem.coordinates) == 1:
            corners = [(corners[0][0], STACKED * here.index(number))]
        discs.append(_disc(corners, number, (here.index(number) + 1) / (len(here) + 1)))
    return go.Figure([*lines, *discs], _layout(problem.coordinates))


def legend(texts: Sequence[str]) -> list[tuple[str, str]]:
    """The colour of each condition, and of what is continuous where an equation steps, and what it says."""
    return [(colour(number), text) for number, text in enumerate(texts)]


def places(condition: BoundCondition) -> tuple[Place, ...]:
    """Everywhere that a condition looks: its edges, and where a periodic one looks across."""
    looked = [leaf.place for leaf in leaves_in(condition.residual) if isinstance(leaf, At)]
    return tuple(dict.fromkeys([*condition.edges, *sorted((place for place in looked if set(place) != {None}), key=str)]))


def _interval(coordinates: tuple[Interval, ...]) -> list[go.Scatter]:
    (only,) = coordinates
    return [_line([(only.low, 0.0), (only.high, 0.0)], TEXT, 3)]


def _rectangle(coordinates: tuple[Interval, ...]) -> list[go.Scatter]:
    return [_line(_corners(coordinates, (None, None)), GRID, 1, fill="toself", fillcolor="rgba(128,128,128,0.12)")]


def _box(coordinates: tuple[Interval, ...]) -> list[go.Scatter]:
    """The twelve edges of the box; those behind are dotted by being pale."""
    edges = [place for place in product(*((item.low, item.high, None) for item in coordinates)) if place.count(None) == 1]
    return [_line(_corners(coordinates, place), TEXT, 1, opacity=0.5) for place in edges]


def _crossing(coordinates: tuple[Interval, ...], cusp: Cusp) -> go.Scatter:
    """Where an equation steps; across an interval, a stroke."""
    if len(coordinates) == 1:
        return _line([(cusp.place, -STROKE), (cusp.place, STROKE)], TEXT, 2, dash="dash")
    return _line(_corners(coordinates, _across(coordinates, cusp)), TEXT, 2, dash="dash")


def _across(coordinates: tuple[Interval, ...], cusp: Cusp) -> Place:
    return tuple(cusp.place if item.name == cusp.coordinate else None for item in coordinates)


def _marked(corners: Points, number: int, above: int) -> go.Scatter:
    """A condition's place: a point, a line, or a face; broad enough for `above` to be seen of those that are drawn over it."""
    if len(corners) > 2:
        return _line(corners, colour(number), 2, dash=dash(number), fill="toself", fillcolor=pale(colour(number), FACE))
    return _line(corners, colour(number), 1 + 4 * above, dash=dash(number))


def _disc(corners: Points, number: int, part: float) -> go.Scatter:
    """The number of a condition, at that part of the way along its line or across its face."""
    (x0, y0), (x1, y1) = corners[0], corners[2 if len(corners) > 2 else -1]
    return go.Scatter(
        x=[x0 + part * (x1 - x0)],
        y=[y0 + part * (y1 - y0)],
        mode="markers+text",
        marker={"size": 17, "color": colour(number), "opacity": 1},
        text=[str(number + 1)],
        textfont={"color": "white", "size": 11},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )


def _line(points: Points, color: str, width: float, *, dash: str = "solid", **more: Any) -> go.Scatter:
    line = {"color": color, "width": width, "dash": dash}
    shown = {"showlegend": False, "hoverinfo": "skip", "cliponaxis": False, **more}
    return go.Scatter(x=[x for x, _ in points], y=[y for _, y in points], mode="lines", line=line, **shown)


def _corners(coordinates: tuple[Interval, ...], place: Place) -> Points:
    """The corners of a place as they are drawn, around it; a face's first is there twice."""
    free = [index for index, value in enumerate(place) if value is None]
    ends: list[list[tuple[int, float]]] = [[]]
    if len(free) == 1:
        ends = [[(free[0], coordinates[free[0]].low)], [(free[0], coordinates[free[0]].high)]]
    elif len(free) == 2:
        first, second = (coordinates[index] for index in free)
        around = [(first.low, second.low), (first.high, second.low), (first.high, second.high), (first.low, second.high)]
        ends = [list(zip(free, corner, strict=True)) for corner in [*around, around[0]]]
    return [_drawn(coordinates, [dict(end).get(index, value) for index, value in enumerate(place)]) for end in ends]


def _drawn(coordinates: tuple[Interval, ...], point: Sequence[float | None]) -> tuple[float, float]:
    """Where a point is drawn: time to the right, else the first coordinate; of a box the third leads to the back."""
    at = [item.low if value is None else value for item, value in zip(coordinates, point, strict=True)]
    if len(coordinates) == 1:
        return at[0], 0.0
    right, up = shown(coordinates)
    if len(coordinates) == 2:
        return at[right], at[up]
    parts = [(value - item.low) / (item.high - item.low) for item, value in zip(coordinates, at, strict=True)]
    (back,) = {0, 1, 2} - {right, up}
    return parts[right] + DEPTH[0] * parts[back], parts[up] + DEPTH[1] * parts[back]


def _layout(coordinates: tuple[Interval, ...]) -> dict[str, Any]:
    quiet = {"showgrid": False, "zeroline": False, "showline": False, "fixedrange": True}
    hidden = {"showticklabels": False, "ticks": "", **quiet}
    if len(coordinates) == 1:
        (only,) = coordinates
        margin = 0.05 * (only.high - only.low)
        return layout(axis(only.name, range=[only.low - margin, only.high + margin], **quiet), axis("", range=[-1, 1], **hidden))
    right, up = shown(coordinates)
    if len(coordinates) == 2:
        return layout(*(axis(coordinates[side].name, nticks=5, **quiet) for side in (right, up)))
    sides = (axis("", range=[-0.35, 1.2 + DEPTH[0]], **hidden), axis("", range=[-0.15, 1.05 + DEPTH[1]], **hidden))
    return layout(*sides, annotations=list(_letters(coordinates)))


def _letters(coordinates: tuple[Interval, ...]) -> Iterator[dict[str, Any]]:
    """Each coordinate of a box with its range, beside the edge along which it runs: below, left, and right below."""
    right, up = shown(coordinates)
    for index, item in enumerate(coordinates):
        edge: list[float | None] = [other.low for other in coordinates]
        edge[index] = None
        side = {"yanchor": "top"} if index == right else {"xanchor": "right"}
        if index not in (right, up):
            edge[right] = coordinates[right].high
            side = {"xanchor": "left", "yanchor": "top"}
        (x0, y0), (x1, y1) = _corners(coordinates, tuple(edge))
        text = f"{item.name}: {item.low:.3g} … {item.high:.3g}"
        yield {"x": (x0 + x1) / 2, "y": (y0 + y1) / 2, "text": text, "showarrow": False, "font": {"size": 12}, **side}
