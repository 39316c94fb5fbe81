"""A finished figure in a reserved place, of which only what has changed is drawn again; `st.plotly_chart` would build a new chart."""

from __future__ import annotations

import time
from collections.abc import Sequence

import plotly
import plotly.graph_objects as go

from dashboard.components import component
from dashboard.texts import _

_component = component("chart")


def chart(
    figure: go.Figure | None,
    *,
    key: str,
    title: str,
    hint: str = "",
    label: str = "",
    legend: Sequence[tuple[str, str]] | None = None,
    height: int = 260,
    awaits: str | None = None,
) -> None:
    """Draw the figure, or its hint where there is none; `label` says to screen readers what it shows.

    `legend`: numbered texts below the figure, each with its colour, within its height. `awaits`: the key of a reference;
    once the browser learns that its solution is known, or that there is none, the script or the fragment runs once more.
    """
    data = {
        "title": title,
        "hint": hint,
        "label": label or f"{title}. {hint}",
        "legend": legend,
        "height": height,
        "figure": figure.to_json() if figure is not None else None,
        "awaits": awaits,
        "asked": time.monotonic() if awaits else None,  # no two alike: what is alike is not sent to the browser again
        "plotly": plotly.__version__,
        "words": {
            "Download plot as a PNG": _("Save as PNG"),
            "Reset axes": _("Show all"),
            "Double-click to zoom back out": _("Double-click to zoom out again"),
        },
    }
    _component(key=key, data=data, on_look_change=lambda: None)
