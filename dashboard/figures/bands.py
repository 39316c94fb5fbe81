"""What several runs of one experiment have in common: their median, the band of their quartiles, and that from smallest to largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import plotly.graph_objects as go

from core.domain.domain import Interval
from core.studies.spread import Array, Band, Spread
from dashboard.figures.maps import BAR, shown, sliced
from dashboard.figures.style import SEQUENTIAL, axis, colour, layout, logarithmic, pale

BEYOND = 10.0
"""How many times higher than the largest finite value a band is drawn that has no upper end."""
PALE = (0.22, 0.32)
"""The opacities of the outer and the inner band; both lie over one another."""


@dataclass(frozen=True)
class Words:
    """What the legend calls the parts of a band."""

    median: str
    quartiles: str
    all: str


def course(band: Band, along: str, words: Words) -> go.Figure:
    """Positive values as training goes on, on log axes; `along` names what they are held against."""
    traces = _traces(band.x, _bounded(band.spread), 0, words)
    return go.Figure(traces, layout(logarithmic(along), logarithmic("")))


def curves(coordinate: Interval, along: Array, unknowns: Mapping[str, Spread], words: Words) -> go.Figure:
    """Each unknown over the only coordinate, in a colour of its own."""
    traces = []
    for index, (unknown, spread) in enumerate(unknowns.items()):
        names = words if len(unknowns) == 1 else Words(f"{unknown}, {words.median}", words.quartiles, words.all)
        traces += _traces(along, spread, index, names, legend=len(unknowns) == 1)
    across = axis(coordinate.name, range=[coordinate.low, coordinate.high])
    figure = go.Figure(traces, layout(across, axis(", ".join(unknowns)), showlegend=True))
    return figure.update_layout(legend={"traceorder": "normal"}) if len(unknowns) > 1 else figure  # else the median is first


def distance(coordinates: tuple[Interval, ...], axes: Sequence[Array], values: Array, cut: int | None = None) -> go.Figure:
    """The heat map of how far apart the runs are, on the grid of `axes`; of three coordinates the slice of number `cut`."""
    right, up = shown(coordinates)
    across = sliced(coordinates)
    plane = values if across is None else np.take(values, cut or 0, axis=across)  # (first, second) of those that are left
    x, y = coordinates[right], coordinates[up]
    trace = go.Heatmap(
        x=np.float32(axes[right]),
        y=np.float32(axes[up]),
        z=np.float32(plane.T if right < up else plane),
        colorscale=SEQUENTIAL,
        zmin=0,
        zmax=float(values.max()) or 1.0,
        zsmooth="best",
        colorbar=BAR,
        hovertemplate=f"{x.name} = %{{x:.3~g}}<br>{y.name} = %{{y:.3~g}}<br>%{{z:.3~g}}<extra></extra>",
    )
    sides = [axis(side.name, range=[side.low, side.high], showgrid=False, nticks=5) for side in (x, y)]
    return go.Figure(trace, layout(*sides))


def _traces(x: Array, spread: Spread, index: int, words: Words, *, legend: bool = True) -> list[go.Scatter]:
    """Each band as two lines that are not seen, the second filled down to the first; then the median."""
    outer, inner = (pale(colour(index), opacity) for opacity in PALE)
    return [
        _edge(x, spread.low),
        _edge(x, spread.high, name=words.all, fill="tonexty", fillcolor=outer, showlegend=legend),
        _edge(x, spread.lower),
        _edge(x, spread.upper, name=words.quartiles, fill="tonexty", fillcolor=inner, showlegend=legend),
        go.Scatter(
            x=np.float32(x),
            y=_sent(spread.median),
            name=words.median,
            mode="lines",
            line={"color": colour(index), "width": 2.5, "simplify": False},
            hovertemplate="%{x:.3~g}: %{y:.2~e}<extra>%{fullData.name}</extra>",
        ),
    ]


def _edge(x: Array, y: Array, **more: object) -> go.Scatter:
    hidden = {"mode": "lines", "line": {"width": 0, "simplify": False}, "hoverinfo": "skip", "showlegend": False}
    return go.Scatter(x=np.float32(x), y=_sent(y), **{**hidden, **more})


def _bounded(spread: Spread) -> Spread:
    """The bands with an end where they have none, as a fill would break there; the median has a gap."""
    everything = np.concatenate([getattr(spread, part.name) for part in fields(spread)])
    known = everything[np.isfinite(everything)]
    top = BEYOND * known.max() if len(known) else 1.0
    low, lower, upper, high = (np.minimum(part, top) for part in (spread.low, spread.lower, spread.upper, spread.high))
    return Spread(low, lower, np.where(np.isfinite(spread.median), spread.median, np.nan), upper, high)


def _sent(values: Array) -> Array:
    return np.ascontiguousarray(values, np.float64)
