"""Fields of one coordinate, as curves: the network on the reference, unknowns against each other, the error, the residual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.domain.domain import Interval
from dashboard.figures.style import BAND, GHOST, TEMPLATE, TEXT, axis, colour, layout, logarithmic

OTHER = {"dash": "dot", "width": 2, "simplify": False}
"""The line of a solution that the network is not held against, where a problem has several."""


Points = Mapping[str, tuple[Sequence[float], Sequence[float]]]
"""The places and values of data, by the name of the legend."""


def solution(
    coordinate: Interval, unknowns: Mapping[str, str], references: Mapping[str, str], others: Mapping[str, str], data: Points | None = None
) -> go.Figure:
    """Each unknown's reference as a broad pale band and the network as a fine line on it, filled from `reference.U` and `solution.U`.

    Further solutions are dotted, filled from `others.U`, and not in the legend while there are none; what was there before a change is
    grey, filled from `ghost-solution.U`. The mappings give the legend's name of each unknown. Data are dots.
    """
    bands = [
        go.Scatter(
            name=name,
            mode="lines",
            line={"color": colour(index), "width": 9, "simplify": False},
            opacity=BAND,
            meta={"fill": {"x": f"reference-axis.{coordinate.name}", "y": f"reference.{unknown}"}},
        )
        for index, (unknown, name) in enumerate(references.items())
    ]
    dotted = [
        go.Scatter(
            name=name,
            mode="lines",
            line={"color": colour(index), **OTHER},
            meta={"fill": {"x": f"others-axis.{coordinate.name}", "y": f"others.{unknown}"}},
        )
        for index, (unknown, name) in enumerate(others.items())
    ]
    ghosts = [_ghost(f"ghost-axis.{coordinate.name}", f"ghost-solution.{unknown}") for unknown in unknowns]
    lines = [_line(f"axis.{coordinate.name}", f"solution.{unknown}", name, index) for index, (unknown, name) in enumerate(unknowns.items())]
    shown = {"showlegend": True}  # also while the reference is alone, so that nothing moves when the network joins it
    held, film = ([f"{kind}.{unknown}" for unknown in unknowns] for kind in ("reference", "solution"))
    room = {"yaxis": {"reference": held, "film": film}}
    traces = [*bands, *_dots(data or {}), *dotted, *ghosts, *lines]
    return go.Figure(traces, layout(_along(coordinate), axis(", ".join(unknowns)), meta=room, **shown))


def slope(coordinate: Interval, unknowns: Mapping[str, str], truth: Points) -> go.Figure:
    """The derivative of each unknown, filled from `slope.U`, on the true one, where that is known; the mapping gives the legend's names."""
    bands = [
        go.Scatter(name=name, mode="lines", x=x, y=y, line={"color": colour(index), "width": 9}, opacity=BAND, meta={"fill": {}})
        for index, (name, (x, y)) in enumerate(truth.items())
    ]
    lines = [
        _line(f"slope-axis.{coordinate.name}", f"slope.{unknown}", name, index) for index, (unknown, name) in enumerate(unknowns.items())
    ]
    room = {"yaxis": {"reference": [], "film": [f"slope.{unknown}" for unknown in unknowns]}}
    return go.Figure([*bands, *lines], layout(_along(coordinate), axis(""), **({} if truth else {"meta": room}), showlegend=True))


def error(coordinate: Interval, unknowns: Sequence[str]) -> go.Figure:
    """Each unknown's distance from the reference, on a log axis, filled from `error.U`."""
    lines = [_line(f"error-axis.{coordinate.name}", f"error.{unknown}", unknown, index) for index, unknown in enumerate(unknowns)]
    room = {"yaxis": {"reference": [], "film": [f"error.{unknown}" for unknown in unknowns]}}
    return go.Figure(lines, layout(_along(coordinate), logarithmic(""), meta=room, showlegend=len(lines) > 1))


def residual(coordinate: Interval, equations: Mapping[int, str]) -> go.Figure:
    """The size of each equation's residual, left minus right, on a log axis, filled from `residual.N`.

    The mapping gives the legend's name of each number.
    """
    lines = [
        _line(f"residual-axis.{coordinate.name}", f"residual.{number}", name, number - 1).update(
            meta={"fill": {"x": f"residual-axis.{coordinate.name}", "y": f"residual.{number}"}, "changed": {"y": "abs"}}
        )
        for number, name in equations.items()
    ]
    room = {"yaxis": {"reference": [], "film": [f"residual.{number}" for number in equations]}}
    return go.Figure(lines, layout(_along(coordinate), logarithmic(""), meta=room, showlegend=len(lines) > 1))


def phase(unknowns: Sequence[str], *, network: str, reference: str) -> go.Figure:
    """The first two or three unknowns against each other, the network on the reference; the words are the legend's."""
    held = _path("reference", unknowns, reference, width=9, opacity=BAND)
    found = _path("solution", unknowns, network, width=2.5)
    if len(unknowns) > 2:
        scene = {f"{place}axis": {"title": {"text": unknown}} for place, unknown in zip("xyz", unknowns[:3], strict=True)}
        return go.Figure([held, found], {"template": TEMPLATE, "scene": scene, "uirevision": "phase", "showlegend": True})
    first, second = unknowns
    room = {
        side: {"reference": [f"reference.{unknown}"], "film": [f"solution.{unknown}"]}
        for side, unknown in (("xaxis", first), ("yaxis", second))
    }
    return go.Figure([held, found], layout(axis(first), axis(second), meta=room, showlegend=True))


def _path(kind: str, unknowns: Sequence[str], name: str, *, width: float, opacity: float = 1.0) -> go.Scatter | go.Scatter3d:
    """The way of two or three unknowns, filled from `KIND.U`."""
    fill = {place: f"{kind}.{unknown}" for place, unknown in zip("xyz", unknowns[:3], strict=False)}
    line = {"color": colour(0), "width": width}
    shared: dict[str, Any] = {"name": name, "mode": "lines", "opacity": opacity, "meta": {"fill": fill}}
    return go.Scatter3d(line=line, **shared) if len(fill) > 2 else go.Scatter(line={**line, "simplify": False}, **shared)


def _along(coordinate: Interval) -> dict[str, Any]:
    return axis(coordinate.name, range=[coordinate.low, coordinate.high])


def _dots(data: Points) -> list[go.Scatter]:
    """Data as dots: they are there from the beginning, and nothing fills them."""
    return [
        go.Scatter(
            name=name,
            mode="markers",
            x=x,
            y=y,
            marker={"color": TEXT, "size": 5, "opacity": 0.6, "symbol": "circle-open" if number % 2 else "circle"},
            meta={"fill": {}},
        )
        for number, (name, (x, y)) in enumerate(data.items())
    ]


def _ghost(x: str, y: str) -> go.Scatter:
    """The curve that was there before a change."""
    line = {"color": GHOST, "width": 2, "simplify": False}
    return go.Scatter(mode="lines", line=line, showlegend=False, hoverinfo="skip", meta={"fill": {"x": x, "y": y}})


def _line(x: str, y: str, name: str, index: int) -> go.Scatter:
    return go.Scatter(
        name=name, mode="lines", line={"color": colour(index), "width": 2.5, "simplify": False}, meta={"fill": {"x": x, "y": y}}
    )
