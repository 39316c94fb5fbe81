"""The welcome: on the first page of a visit that asks for nothing, a film plays before anything is trained."""

from __future__ import annotations

import streamlit as st

from core.experiment.experiment import Experiment
from dashboard.runs.actions import RUN

_FIRST, _KEY = "welcome-first", "welcome-key"


def arrive() -> None:
    """Note, before controls write into the address, whether the visit begins with one that asks for nothing."""
    st.session_state.setdefault(_FIRST, not st.query_params)


def greets(experiment: Experiment) -> bool:
    """Tell whether the film is on: until there are other settings, or a run."""
    first = st.session_state.get(_FIRST, False)
    if first and (RUN in st.query_params or st.session_state.setdefault(_KEY, experiment.key) != experiment.key):
        first = st.session_state[_FIRST] = False
    return bool(first)
