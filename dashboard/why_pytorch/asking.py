"""Sections that have one errand done when asked: a component with buttons to start and to stop it, which fetches what it tells.

The buttons are the component's own, so that the page need not run while the errands do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import plotly
import streamlit as st

from core.errands.batch import Errand
from dashboard.components import Component, component
from dashboard.server import batches
from dashboard.texts import LANGUAGE, _

STYLES = "shared/asking.css"


def section(name: str) -> Component:
    """The component of a section, which looks as they all do."""
    return component(name, STYLES)


def show(component: Component, kind: str, data: dict[str, Any], errands: Callable[[str], Sequence[Errand]]) -> None:
    """Place the component of a kind of errand, and do what its buttons ask for; `errands` is given what was chosen in it.

    The page, or the fragment that this is called in, runs again when a batch is over, for what is judged by it elsewhere.
    """

    def asked() -> None:
        asked = st.session_state[kind].get("asked") or {}
        batch = batches.newest(kind)
        if asked.get("stop") and batch is not None:
            batch.stop()
        elif "start" in asked:
            batches.start(kind, errands(str(asked["start"])))

    batch = batches.newest(kind)
    shared = {
        "batch": batch.id if batch else None,
        "running": bool(batch and batch.running),
        "locale": LANGUAGE,
        "plotly": plotly.__version__,
    }
    component(key=kind, data={**data, **shared, "asking": _texts()}, on_asked_change=asked)


def _texts() -> dict[str, Any]:
    """The words that such sections share."""
    return {
        "stop": _("Stop"),
        "waiting": _("Waits until nothing else is being measured …"),
        "working": _("Python is being started …"),
        "stopped": _("Stopped."),
        "gone": _("These results are no longer there; start again."),
        "noCharts": _("The charts could not be loaded."),
        "plotly": {
            "Download plot as a PNG": _("Save as PNG"),
            "Reset axes": _("Show all"),
            "Double-click to zoom back out": _("Double-click to zoom out again"),
        },
    }
