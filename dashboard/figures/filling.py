"""Figures filled with arrays in Python, as the page's scripts fill them in the browser: for notebooks and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by the names that traces fill themselves from: `axis.x`, `solution.u`."""


DECADES = 3.0
"""The powers of ten that logarithmic colours span below the largest value."""


def _log10(values: NDArray[Any]) -> NDArray[Any]:
    powers: NDArray[Any] = np.log10(np.maximum(np.abs(values, dtype=np.float64), 1e-300))
    return powers


CHANGES: Mapping[str, Callable[[NDArray[Any]], NDArray[Any]]] = {"": lambda values: values, "abs": np.abs, "log10": _log10}
"""The changes that values in a place may undergo, by the name that a trace's `meta` gives it."""


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
            _limit(trace, meta, float(np.abs(scales[0]).max()) or 1.0)
    return made


def _limit(trace: Any, meta: Mapping[str, Any], reach: float) -> None:
    """Have a trace's colours reach as far as `reach`."""
    low, high = (-reach if meta["limits"]["signed"] else 0.0), reach
    if meta.get("changed", {}).get("z") == "log10":
        low, high = np.log10(reach) - DECADES, np.log10(reach)
    least, most = ("cmin", "cmax") if trace.type == "surface" else ("zmin", "zmax")
    trace.update({least: low, most: high})


def _filling(meta: Mapping[str, Any], place: str, arrays: Arrays, at: float, choices: Mapping[str, str]) -> NDArray[Any]:
    """The array that stands in a trace's x, y or z: whole, or a slice, or what its values are changed to."""
    array = arrays[meta["fill"][place].format(**choices)]
    if "slice" in meta and array.ndim > 1:
        cut = int(np.abs(arrays[meta["slice"]["along"]] - at).argmin())
        array = np.take(array, cut, axis=meta["slice"]["dimension"])
    return CHANGES[meta.get("changed", {}).get(place, "")](array)
