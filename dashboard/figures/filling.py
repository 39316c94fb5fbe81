"""Figures filled with arrays in Python, as the page's scripts fill them in the browser: for notebooks and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by the names that traces fill themselves from: `axis.x`, `solution.u`."""


def filled(figure: go.Figure, arrays: Arrays, at: float = 0.0, **choices: str) -> go.Figure:
    """A copy of a figure with the arrays that its traces' `meta` names; a trace without one of its arrays is left out.

    `choices` stand for `{unknown}` and the like in names; slices are cut at the point of their axis that is nearest to `at`.
    """
    traces = [trace for trace in figure.data if all(name.format(**choices) in arrays for name in trace.meta["fill"].values())]
    made = go.Figure(traces, figure.layout)
    for trace in made.data:
        meta = trace.meta
        trace.update({place: _filling(meta, place, arrays, at, choices) for place in meta["fill"]}, meta=None)
        if "limits" in meta:
            scales = [arrays[name] for of in meta["limits"]["of"] if (name := of.format(**choices)) in arrays]
            reach = float(np.abs(scales[0]).max()) or 1.0
            trace.update(zmin=-reach if meta["limits"]["signed"] else 0.0, zmax=reach)
    return made


def _filling(meta: Mapping[str, Any], place: str, arrays: Arrays, at: float, choices: Mapping[str, str]) -> NDArray[Any]:
    """The array that stands in a trace's x, y or z; a z may be a slice, or sizes."""
    array = arrays[meta["fill"][place].format(**choices)]
    if place != "z":
        return array
    if "slice" in meta:
        cut = int(np.abs(arrays[meta["slice"]["along"]] - at).argmin())
        array = np.take(array, cut, axis=meta["slice"]["dimension"])
    return np.abs(array) if meta.get("absolute") else array
