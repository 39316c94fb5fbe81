"""A run sharpened: its network trained on, by the method that finds the most digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import TangenteError
from core.experiment import continuation
from core.experiment.choices import DENSE
from core.experiment.experiment import Experiment
from core.experiment.presets import SHARP
from core.store import Run
from dashboard.runs import actions
from dashboard.solve import controls, shown

_ON = "sharpened"
SMALL, LARGE = "ssbroyden", "lbfgs"
"""The methods for networks of which a table of all curvatures can be kept, and for larger ones."""
SHARPER = (SMALL, LARGE, "levenberg-marquardt")
"""The methods beyond which nothing is sharper."""


def sharpened(run: Run | None) -> Experiment | None:
    """The settings with which to train a run on; None where it can't be trained on, or its method is as sharp as they are."""
    if run is None or run.status not in actions.CONTINUED or run.experiment.stages[-1].method in SHARPER:
        return None
    method = SMALL if run.experiment.parameters <= DENSE else LARGE
    try:
        return continuation.varied(run.experiment, {"optimiser": method})
    except TangenteError:  # not for this problem, or not on this device
        return None


def is_on(values: Mapping[str, Any]) -> bool:
    """Tell whether the controls stand as `sharpen` has set them."""
    return bool(values == st.session_state.get(_ON))


def sharpen(run: Run, experiment: Experiment) -> None:
    """Set the controls to `experiment`, and train `run` on with it. For callbacks."""
    shown.show(experiment, controls.chosen(), SHARP)
    st.session_state[_ON] = {key: st.session_state[key] for key in shown.settings(experiment)}
    actions.train_on(run, experiment)
