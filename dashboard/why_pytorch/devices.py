"""Devices: the same training on the processor and on each GPU, with wider and wider networks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errands.batch import Errand
from dashboard.figures.style import colour, layout, logarithmic
from dashboard.runs import actions
from dashboard.server.services import store
from dashboard.texts import _
from dashboard.why_pytorch import asking

KIND = "devices"
COMPUTE = ("cpu", "cuda", "mps")

_component = asking.section(KIND)


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
    data = {
        "start": _("Measure the devices"),
        "layout": layout(logarithmic(_("parameters of the network")), logarithmic(_("steps a second")), showlegend=True),
        "lines": {device: {"color": colour(index)} for index, device in enumerate(COMPUTE)},
        "texts": _texts(),
    }
    errands = [Errand(device, "core.why_pytorch.frameworks.scaling", (device,)) for device in present]
    asking.show(_component, KIND, data, lambda _chosen: errands)


def _texts() -> dict[str, Any]:
    return {
        "title": _("Steps a second"),
        "graph": _("{device}, recorded as a CUDA graph"),
        "ahead": _("{device} is ahead of the processor from {parameters} parameters on, by a factor of {factor} at {most}."),
        "behind": _("{device} is never ahead of the processor here."),
    }
