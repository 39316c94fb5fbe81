"""Experiment files: the settings on the page as a file to keep, and a file's settings on the page.

A file that states a problem of its own is opened all the same: its problem is kept in the visitor's list.
"""

from __future__ import annotations

import streamlit as st
import tomli_w

from core.errors import TangenteError
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_toml
from core.files import tables
from dashboard.editor import opening
from dashboard.editor.draft import SECTIONS
from dashboard.problems import catalogue
from dashboard.solve import shown
from dashboard.texts import _

_FILE, _MISTAKE = "experiment-file", "experiment-file-mistake"


def panel(experiment: Experiment) -> None:
    """A button that saves the experiment and a place that opens one."""
    name = f"{experiment.problem.name or 'experiment'}.toml"
    help = _("These settings as a text file, for the command line, for a colleague, for later.")
    st.download_button(_("Save as a file"), experiment.to_toml(), name, "application/toml", help=help, on_click="ignore", width="stretch")
    label = _("Open a file (TOML, at most {kilobytes} kB)").format(kilobytes=tables.MAX_BYTES // 1000)
    st.file_uploader(label, "toml", key=_FILE, on_change=_open, max_upload_size=1)
    if _MISTAKE in st.session_state:
        st.error(st.session_state[_MISTAKE])


def _open() -> None:
    st.session_state.pop(_MISTAKE, None)
    file = st.session_state[_FILE]
    if file is None:
        return
    text = file.getvalue().decode(errors="replace")
    try:
        experiment = experiment_from_toml(text, file=file.name)
        shown.show(experiment, experiment.problem.name or catalogue.save(_statement(text, experiment)))
    except TangenteError as error:
        st.session_state[_MISTAKE] = opening.placed(error)


def _statement(text: str, experiment: Experiment) -> str:
    """The file of a problem as `text` states it, with all settings of the experiment as its recipe."""
    recipe = {section: table for section, table in experiment.table().items() if section in SECTIONS}
    return tomli_w.dumps({"problem": tables.read(text)["problem"], **recipe})
