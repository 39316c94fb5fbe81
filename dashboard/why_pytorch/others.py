"""The offer to install the frameworks that are missing, in an environment of their own, and how far that is."""

from __future__ import annotations

import streamlit as st

from core.errands.batch import Errand
from core.errors import RunError
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS
from dashboard.server import batches
from dashboard.texts import _
from dashboard.texts.formats import in_markdown, plain

KIND = "frameworks"
"""The name under which the errand is kept."""
_ASKED = "frameworks-asked"
_OFTEN = 2.0  # seconds between two looks


def show() -> None:
    """The offer, where there is something to offer."""
    st.fragment(_offer, run_every=_OFTEN if _running() else None)()


def _running() -> bool:
    batch = batches.newest(KIND)
    return batch is not None and batch.running


def _offer() -> None:
    batch = batches.newest(KIND)
    events = batch.events() if batch else []
    if _running():
        lines = [str(event["line"]) for event in events if event["event"] == "step"]
        text = _("The other frameworks are being installed; you may leave the page. {step}")
        st.info(text.format(step=plain(lines[-1] if lines else "")))
        return
    if st.session_state.pop(_ASKED, False):
        st.rerun()  # what is there now shows in the table
    for event in events:
        if event["event"] == "failed":
            said = [line for line in str(event["complained"]).splitlines() if line.strip()]
            st.error(plain(said[-1]) if said else in_markdown(RunError(event["code"], **event["values"])))
    if all(framework.python or not framework.install for framework in FRAMEWORKS.values()):
        return
    st.button(_("Install the other frameworks"), "install-frameworks", icon=":material/download:", on_click=_install)
    text = _("They take 3.5 GB on the machine that serves this page, in an environment of their own. {command} does the same.")
    st.caption(text.format(command="`python -m tangente frameworks`"))


def _install() -> None:
    st.session_state[_ASKED] = True
    batches.start(KIND, [Errand(KIND, "core.why_pytorch.frameworks.installing")], timed=False)
