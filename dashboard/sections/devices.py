"""Devices: the same training on the processor and on each GPU, with wider and wider networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly
import streamlit as st

from core.errands import Errand
from dashboard import actions, batches
from dashboard.figures.style import colour, layout, logarithmic
from dashboard.services import store
from dashboard.texts import LANGUAGE, _

ASSETS = Path(__file__).with_suffix("")
HERE = Path(__file__).resolve().parent
LIVE = HERE.parent / "live"
SHARED = ("words.js", "frames.js", "server.js", "chart.js")
KIND = "devices"
COMPUTE = ("cpu", "cuda", "mps")

_component = st.components.v2.component(
    "tangente.devices",
    js="\n".join(path.read_text(encoding="utf-8") for path in (*(LIVE / name for name in SHARED), ASSETS / "view.js")),
    css=(HERE / "race" / "view.css").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly looks for its own styles in the page
)


def show() -> None:
    """The section."""
    st.markdown(
        _(
            "One word moves a training to another device: `network.to(device)`. Whether it pays depends on the size of the network: small "
            "ones spend their time on launching operations, large ones on arithmetic. The training is Burgers' equation with 2,000 points "
            "and four layers, each wider than the last time."
        )
    )
    with actions.explained():
        known = store().devices()
    present = ["cpu", *sorted({device.name for device in known} & (set(COMPUTE) - {"cpu"}))]
    if present == ["cpu"]:
        st.info(_("No worker of this server has a GPU: the processor is measured alone."), icon=":material/memory:")
    batch = batches.newest(KIND)
    running = batch is not None and batch.running
    with st.container(horizontal=True, gap="xsmall"):
        label = _("Measure")
        st.button(label, "devices-run", icon=":material/speed:", type="primary", on_click=_start, args=(present,), disabled=running)
        st.button(_("Stop"), "devices-stop", icon=":material/stop:", on_click=_stop, disabled=not running)
    data = {
        "batch": batch.id if batch else None,
        "running": running,
        "layout": layout(logarithmic(_("parameters of the network")), logarithmic(_("steps a second")), showlegend=True),
        "lines": {device: {"color": colour(index)} for index, device in enumerate(COMPUTE)},
        "texts": _texts(),
        "locale": LANGUAGE,
        "plotly": plotly.__version__,
    }
    _component(key="devices", data=data, on_over_change=lambda: None)


def _start(present: list[str]) -> None:
    batches.start(KIND, [Errand(device, "core.frameworks.scaling", (device,)) for device in present])


def _stop() -> None:
    batch = batches.newest(KIND)
    if batch is not None:
        batch.stop()


def _texts() -> dict[str, Any]:
    return {
        "title": _("Steps a second"),
        "label": _("Steps a second over the number of the network's parameters, a line for each device."),
        "hint": _("The step rates appear here, a line for each device."),
        "graph": _("{device}, recorded as a CUDA graph"),
        "ahead": _("{device} is ahead of the processor from {parameters} parameters on, by a factor of {factor} at {most}."),
        "behind": _("{device} is never ahead of the processor here."),
        "gone": _("These measurements are no longer there; start them again."),
        "words": {
            "Download plot as a PNG": _("Save as PNG"),
            "Reset axes": _("Show all"),
            "Double-click to zoom back out": _("Double-click to zoom out again"),
        },
    }
