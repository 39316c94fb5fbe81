"""Fields of one coordinate, as curves: the network on the reference, the error, the residual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.domain.domain import Interval
from dashboard.figures.style import axis, colour, layout, logarithmic

OTHER = {"dash": "dot", "width": 2, "simplify": False}
"""The line of a solution that the network is not held against, where a problem has several."""


def solution(coordinate: Interval, unknowns: Mapping[str, str], references: Mapping[str, str], others: Mapping[str, str]) -> go.Figure:
    """Each unknown's reference as a broad pale band and the network as a fine line on it, filled from `reference.U` and `solution.U`.

    Further solutions are dotted, filled from `others.U`, and not in the legend while there are none. The mappings give the legend's name
    of each unknown.
    """
    bands = [
        go.Scatter(
            name=name,
            mode="lines",
            line={"color": colour(index), "width": 9, "simplify": False},
            opacity=0.3,
            meta={"fill": {"x": f"axis.{coordinate.name}", "y": f"reference.{unknown}"}},
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
    lines = [_line(f"axis.{coordinate.name}", f"solution.{unknown}", name, index) for index, (unknown, name) in enumerate(unknowns.items())]
    shown = {"showlegend": True}  # also while the reference is alone, so that nothing moves when the network joins it
    return go.Figure([*bands, *dotted, *lines], layout(_along(coordinate), axis(", ".join(unknowns)), **shown))


def error(coordinate: Interval, unknowns: Sequence[str]) -> go.Figure:
    """Each unknown's distance from the reference, on a log axis, filled from `error.U`."""
    lines = [_line(f"axis.{coordinate.name}", f"error.{unknown}", unknown, index) for index, unknown in enumerate(unknowns)]
    return go.Figure(lines, layout(_along(coordinate), logarithmic(""), showlegend=len(lines) > 1))


def residual(coordinate: Interval, equations: Mapping[int, str]) -> go.Figure:
    """Each equation's residual, left minus right, filled from `residual.N`; the mapping gives the legend's name of each number."""
    lines = [_line(f"residual-axis.{coordinate.name}", f"residual.{number}", name, number - 1) for number, name in equations.items()]
    return go.Figure(lines, layout(_along(coordinate), axis(""), showlegend=len(lines) > 1))


def _along(coordinate: Interval) -> dict[str, Any]:
    return axis(coordinate.name, range=[coordinate.low, coordinate.high])


def _line(x: str, y: str, name: str, index: int) -> go.Scatter:
    return go.Scatter(
        name=name, mode="lines", line={"color": colour(index), "width": 2.5, "simplify": False}, meta={"fill": {"x": x, "y": y}}
    )
