"""Experiment files: the settings on the page as a file to keep, and a file's settings on the page."""

from __future__ import annotations

import streamlit as st

from core.errors import TangenteError
from core.experiment import Experiment
from core.tables import MAX_BYTES
from dashboard import controls
from dashboard.texts import _, worded

_FILE, _MISTAKE = "experiment-file", "experiment-file-mistake"


def panel(experiment: Experiment) -> None:
    """A button that saves the experiment and a place that opens one."""
    name = f"{experiment.problem.name or 'experiment'}.toml"
    help = _("These settings as a text file, for the command line, for a colleague, for later.")
    st.download_button(_("Save as a file"), experiment.to_toml(), name, "application/toml", help=help, on_click="ignore", width="stretch")
    label = _("Open a file (TOML, at most {kilobytes} kB)").format(kilobytes=MAX_BYTES // 1000)
    st.file_uploader(label, "toml", key=_FILE, on_change=_open, max_upload_size=1)
    if _MISTAKE in st.session_state:
        st.error(st.session_state[_MISTAKE])


def _open() -> None:
    st.session_state.pop(_MISTAKE, None)
    file = st.session_state[_FILE]
    if file is None:
        return
    try:
        experiment = Experiment.from_toml(file.getvalue().decode(errors="replace"), file=file.name)
    except TangenteError as error:
        place = ", ".join(part for part in (error.at.file, error.at.key) if part)
        st.session_state[_MISTAKE] = _("{place}: {problem}").format(place=place, problem=worded(error))
        return
    if experiment.problem.name:
        controls.show(experiment)
    else:
        st.session_state[_MISTAKE] = _("{file} states a problem of its own; this page opens problems of the library.").format(
            file=file.name
        )
