"""Fields of one coordinate, as curves: the network on the reference, the error, the residual."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from dashboard.figures.style import axis, colour, layout

EVERY = 200
"""Milliseconds between two drawings of error and residual while it trains."""


def solution(coordinate: str, unknowns: Mapping[str, str], references: Mapping[str, str]) -> go.Figure:
    """Each unknown's reference as a broad pale band and the network as a fine line on it, filled from `reference.U` and `solution.U`.

    The mappings give the legend's name of each unknown.
    """
    bands = [
        go.Scatter(
            name=name,
            mode="lines",
            line={"color": colour(index), "width": 9},
            opacity=0.3,
            meta={"fill": {"x": f"axis.{coordinate}", "y": f"reference.{unknown}"}},
        )
        for index, (unknown, name) in enumerate(references.items())
    ]
    lines = [_line(f"axis.{coordinate}", f"solution.{unknown}", name, index) for index, (unknown, name) in enumerate(unknowns.items())]
    return go.Figure([*bands, *lines], layout(axis(coordinate), axis(", ".join(unknowns))))


def error(coordinate: str, unknowns: Mapping[str, str]) -> go.Figure:
    """Each unknown's distance from the reference, on a log axis, filled from `error.U`."""
    lines = [_line(f"axis.{coordinate}", f"error.{unknown}", name, index) for index, (unknown, name) in enumerate(unknowns.items())]
    sizes = axis("", type="log", exponentformat="power", nticks=6)
    return go.Figure(lines, layout(axis(coordinate), sizes, showlegend=len(lines) > 1, meta={"every": EVERY}))


def residual(coordinate: str, equations: Mapping[int, str]) -> go.Figure:
    """Each equation's residual, left minus right, filled from `residual.N`; the mapping gives the legend's name of each number."""
    lines = [_line(f"residual-axis.{coordinate}", f"residual.{number}", name, number - 1) for number, name in equations.items()]
    return go.Figure(lines, layout(axis(coordinate), axis(""), showlegend=len(lines) > 1, meta={"every": EVERY}))


def _line(x: str, y: str, name: str, index: int) -> go.Scatter:
    return go.Scatter(name=name, mode="lines", line={"color": colour(index), "width": 2.5}, meta={"fill": {"x": x, "y": y}})
