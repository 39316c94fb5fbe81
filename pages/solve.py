"""Solve: choose a problem, move the sliders, train, watch."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import streamlit as st

from core.experiment.experiment import HYPERPARAMETERS, terms
from core.experiment.making import experiment_of
from core.store import Run
from dashboard.components.live.live import live_view
from dashboard.problems import catalogue
from dashboard.problems.equation import continuities, equation
from dashboard.runs import actions, status
from dashboard.server.services import store
from dashboard.solve import address, controls, diagnosis, seeds
from dashboard.solve.experiment_file import panel
from dashboard.solve.presets import PRESETS
from dashboard.texts import _
from dashboard.texts.formats import in_markdown

EDITOR = Path(__file__).with_name("editor.py")
OFTEN = 2.0
"""Seconds between two looks at a run that waits for a worker."""
BUTTON = 122
"""Pixels that a button of the run is wide, whatever it says."""


def button(label: str, name: str, icon: str, action: Callable[..., None], args: tuple[Any, ...], **more: Any) -> None:
    """A button of the run, always at its place: where it can do nothing it is greyed."""
    st.button(label, name, icon=icon, on_click=action, args=args, disabled=name not in enabled, width=BUTTON, **more)


def standing(run: Run | None) -> None:
    """Where the run stands; that it waits in vain may turn out while it does."""
    with actions.explained():
        waiting, hindrance = actions.waiting_before(run), actions.hindrance(run)
    if hindrance:
        st.error(hindrance)
    with st.container(key="run-status"):
        if not (hindrance and run and run.status == "queued"):
            st.markdown(status.sentence(run, waiting, time.time()))


# The sidebar: each widget returns its value, and the values make the experiment.

with actions.explained():
    devices = store().devices()
with st.sidebar:
    problem = controls.problem()
    text, aim = (_("Edit"), "open") if catalogue.mine(controls.chosen()) else (_("Edit a copy"), "copy")
    if st.button(text, "edit", _("Change its equations in the editor."), icon=":material/edit:", type="tertiary"):
        st.switch_page(EDITOR, query_params={aim: controls.chosen()})
    recipe = controls.settings(experiment_of(problem))
    values = {item.name: controls.parameter(item) for item in problem.parameters}
    controls.presets(PRESETS, problem)
    settings = {}
    for item in HYPERPARAMETERS.values():
        if item.essential:
            settings[item.name] = controls.hyperparameter(item, recipe[item.name], devices, problem.parameters)
    with st.expander(_("More settings")):
        for item in HYPERPARAMETERS.values():
            if not item.essential:
                settings[item.name] = controls.hyperparameter(item, recipe[item.name], devices, problem.parameters)
        st.markdown(_("**Weights** of the equations and conditions in the loss"))
        asked = (*problem.equations, *problem.conditions, *continuities(problem))
        texts = zip_longest(terms(problem), asked, fillvalue=_("the measurements"))
        weights = {term: controls.weight(term, text, recipe[f"weights.{term}"]) for term, text in texts}
    address.check_names(("problem", actions.RUN, *seeds.NAMES, *recipe))
    experiment_file = st.expander(_("Experiment file"))

# The main part: the equation, the picture, the number.

st.title(catalogue.said(problem, problem.title) or _("Problem without a title"), anchor=False)
for note in address.notes():
    st.warning(note, icon=":material/link_off:")
equation(problem, values)
st.markdown(catalogue.said(problem, problem.description))

with actions.explained():
    experiment, refusal = controls.experiment(problem, values, settings, weights)
    warnings = experiment.warnings
for warning in warnings:
    st.warning(in_markdown(warning))
if refusal:
    st.error(in_markdown(refusal))
elif (reason := controls.left_to_the_loss(experiment, recipe["constraints"])) is not None:
    st.caption(_("Not all conditions are built into the network. {reason}").format(reason=in_markdown(reason)))
missing = experiment.device != recipe["device"] and experiment.device not in {device.name for device in devices}
if missing:
    st.error(_("No worker has the device {name}. Choose another in the sidebar.").format(name=experiment.device))
with experiment_file:
    panel(experiment)

wanted = st.session_state.get("train-on-change", False) and not (missing or refusal)
actions.follow(experiment, wanted)
with actions.explained():
    run = None if refusal else actions.current(experiment)
origin = None if refusal else actions.origin(experiment, run)
trains = run is not None and run.status in status.TRAINING
enabled = actions.enabled(run) | ({"on"} if origin else set())
if missing or refusal:
    enabled -= {"step", "on"} if trains else {"toggle", "step", "on"}

with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="run-buttons"):
    icon = ":material/pause:" if trains else ":material/play_arrow:"
    button(actions.label(run), "toggle", icon, actions.toggle, (experiment, run), type="primary")
    button(_("One step"), "step", ":material/skip_next:", actions.one_step, (experiment, run))
    button(_("Stop"), "stop", ":material/stop:", actions.stop, (run,))
    button(_("Start over"), "over", ":material/restart_alt:", actions.start_over, ())
    button(_("Train on"), "on", ":material/fast_forward:", actions.train_on, (origin, experiment))
    button(_("Forget"), "forget", ":material/delete:", actions.forget, (run,))
    help = _("Every change of a setting starts its training at once, and stops what trained before.")
    st.toggle(_("Train on every change"), key="train-on-change", help=help, persist_state="session")

if trouble := actions.trouble():
    st.error(trouble)
st.fragment(standing, run_every=OFTEN if run and run.status == "queued" else None)(run)
live_view(experiment, run, key="live")
diagnosis.show(run)
seeds.section(experiment, controls.chosen(), possible=not (missing or refusal))
