"""What a diagnosis rests on: the gradient of each loss term, the angles between them, and the spectrum of the tangent kernel."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.figures.maps import BAR
from dashboard.figures.style import DIVERGING, TEXT, axis, colour, dash, layout, logarithmic

SMALLEST = 1e-18
"""The part of the largest eigenvalue that is drawn; what is below is rounding."""


def gradients(norms: Mapping[str, float], axis_title: str) -> go.Figure:
    """A bar for each term, by its label, on a log axis that begins a decade below the smallest."""
    logarithms = [math.log10(norm) for norm in norms.values() if norm > 0] or [0.0]
    reach = {"range": [min(logarithms) - 1, max(logarithms) + 0.1]}
    bars = go.Bar(
        x=list(norms.values()),
        y=list(norms),
        orientation="h",
        marker={"color": [colour(index) for index in range(len(norms))]},
        hovertemplate="%{y}: %{x:.2~e}<extra></extra>",
    )
    return go.Figure(bars, layout(logarithmic(axis_title, **reach), axis("", autorange="reversed", showgrid=False), showlegend=False))


def cosines(labels: Sequence[str], values: Sequence[Sequence[float]]) -> go.Figure:
    """The cosine of each pair of gradients, −1 to 1, as a square of colours with its number in it."""
    squares = go.Heatmap(
        x=list(labels),
        y=list(labels),
        z=[list(row) for row in values],
        text=[[f"{value:.2f}".replace("-", "−") for value in row] for row in values],
        texttemplate="%{text}",
        colorscale=DIVERGING,
        zmin=-1,
        zmax=1,
        colorbar={**BAR, "y": -0.3},
        hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
    )
    return go.Figure(squares, layout(axis("", showgrid=False), axis("", autorange="reversed", showgrid=False)))


def spectrum(eigenvalues: Sequence[float], cut: float, *, number: str, eigenvalue: str, slow: str) -> go.Figure:
    """The eigenvalues, largest first, against their numbers on log axes; below the line `slow` nothing is learned in time."""
    shown = [value for value in eigenvalues if value > SMALLEST * eigenvalues[0]]
    numbers = list(range(1, len(shown) + 1))
    lines = [
        go.Scatter(x=numbers, y=shown, name=eigenvalue, mode="lines", line={"color": colour(0), "width": 2.5, "dash": dash(0)}),
        go.Scatter(x=[1, numbers[-1]], y=[cut, cut], name=slow, mode="lines", line={"color": TEXT, "width": 1.5, "dash": "dash"}),
    ]
    return go.Figure(lines, layout(logarithmic(number), logarithmic(""), showlegend=True))
