"""A classical solution by itself, finished: curves for one coordinate, a heat map for two, a slice's for three."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.domain.domain import Interval
from core.references import Array
from dashboard.figures.curves import OTHER
from dashboard.figures.maps import BAR, shown, sliced
from dashboard.figures.style import DIVERGING, axis, colour, dash, layout


def curves(
    coordinate: Interval,
    along: Array,
    unknowns: Sequence[str],
    values: Array,
    others: Sequence[str] = (),
    branches: Sequence[Array] = (),
) -> go.Figure:
    """A line for each unknown; `values` are (points, unknowns). Those of further `branches` are dotted, and `others` their names."""
    lines = [
        go.Scatter(
            x=_sent(along),
            y=_sent(values[:, index]),
            name=name,
            mode="lines",
            line={"color": colour(index), "dash": dash(index), "width": 2.5, "simplify": False},
        )
        for index, name in enumerate(unknowns)
    ]
    dotted = [
        go.Scatter(
            x=_sent(along),
            y=_sent(branch[:, index]),
            name=name,
            legendgroup=name,
            showlegend=not number,
            mode="lines",
            line={"color": colour(index), **OTHER},
        )
        for number, branch in enumerate(branches)
        for index, name in enumerate(others)
    ]
    across = axis(coordinate.name, range=[coordinate.low, coordinate.high])
    return go.Figure([*lines, *dotted], layout(across, axis(", ".join(unknowns)), showlegend=len(lines) + len(dotted) > 1))


def field(coordinates: tuple[Interval, ...], axes: Sequence[Array], values: Array, cut: int | None = None) -> go.Figure:
    """The heat map of one unknown, `values` on the grid of `axes`; of three coordinates the slice of number `cut`."""
    right, up = shown(coordinates)
    across = sliced(coordinates)
    plane = values if across is None else np.take(values, cut or 0, axis=across)  # (first, second) of those that are left
    most = float(np.abs(values).max()) or 1.0
    x, y = coordinates[right], coordinates[up]
    trace = go.Heatmap(
        x=_sent(axes[right]),
        y=_sent(axes[up]),
        z=_sent(plane.T if right < up else plane),
        colorscale=DIVERGING,
        zmin=-most,
        zmax=most,
        zsmooth="best",
        colorbar=BAR,
        hovertemplate=f"{x.name} = %{{x:.3~g}}<br>{y.name} = %{{y:.3~g}}<br>%{{z:.3~g}}<extra></extra>",
    )
    sides = [axis(side.name, range=[side.low, side.high], showgrid=False, nticks=5) for side in (x, y)]
    return go.Figure(trace, layout(*sides))


def _sent(values: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The values as precise as a screen, at half the bytes."""
    return np.ascontiguousarray(values, np.float32)
