"""What all figures share: colours that colour-blind people tell apart, and a template that takes the theme's.

A colour written `var(--st-…)` is the theme's; the components resolve it in the browser, so that switching the theme recolours at once.
Elsewhere, in a notebook for one, Plotly takes its own in place of it.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import plotly.io

TEXT = "var(--st-text-color)"
GRID = "var(--st-border-color)"
FONT = "var(--st-font)"

PALETTE = ("#2b83c6", "#d55e00", "#0f9d76", "#c0699b", "#a08400", "#7a6ff0")
"""The colours, after Okabe and Ito 2008, shifted until each keeps a contrast of 3:1 on white and on the dark background."""

BAND = 0.45
"""The opacity of a reference that is drawn as a broad band below the network: paler, it cannot be seen in the dark theme."""
GHOST = "rgba(128,128,128,0.55)"
"""The colour of what was there before a change."""

VALIDATION = PALETTE[1]
"""The colour of the loss at data that are held out."""
DASHES = ("solid", "dot", "dash", "dashdot")
"""Tell series of the same colour apart."""

DIVERGING = "RdBu_r"
"""The colours for fields with a sign, centred at zero."""
SEQUENTIAL = "Viridis"
"""The colours for sizes of errors, from zero."""


_AXIS = {"gridcolor": GRID, "zerolinecolor": GRID, "linecolor": GRID, "showline": True, "automargin": True, "title": {"standoff": 4}}
"""An axis with the theme's lines; its title stands close, for panels are small."""
TEMPLATE: dict[str, Any] = {
    "layout": {
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "font": {"color": TEXT, "family": FONT, "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 16, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "xanchor": "left"},
        "hovermode": "closest",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": TEXT, "activecolor": TEXT},
    }
}
plotly.io.templates["tangente"] = go.layout.Template(TEMPLATE)


def colour(index: int) -> str:
    """The palette's colour of the `index`-th series."""
    return PALETTE[index % len(PALETTE)]


def dash(index: int) -> str:
    """How the line of the `index`-th series is dashed, once all colours are in use."""
    return DASHES[index // len(PALETTE) % len(DASHES)]


def pale(color: str, opacity: float) -> str:
    """A colour of the palette that lets through what is below it."""
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis."""
    return {"title": {"text": title}, **more}


def logarithmic(title: str, **more: Any) -> dict[str, Any]:
    """A log axis, labelled at powers of ten that leave room between them, however many it spans; between them where it spans few."""
    return axis(title, **{"type": "log", "exponentformat": "power", "nticks": 4, "minor": {"showgrid": False}, **more})


def layout(x: dict[str, Any], y: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The layout of a panel with two axes; zoom survives new data, and ends with the axes it was made on."""
    ends = [(side["title"]["text"], side.get("range")) for side in (x, y)]
    return {"template": TEMPLATE, "xaxis": x, "yaxis": y, "uirevision": str(ends), **more}
