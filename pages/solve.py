"""Solve: choose a problem, move the sliders, train, watch."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from core.store import Run
from dashboard.components.stage.stage import stage
from dashboard.problems import catalogue
from dashboard.problems.equation import equation, headline
from dashboard.runs import actions, status
from dashboard.server.services import store
from dashboard.solve import address, controls, diagnosis, seeds, sharpening, sidebar, welcome
from dashboard.solve.experiment_file import panel
from dashboard.solve.further import on_from
from dashboard.solve.shown import nearest_experiment, shown_for
from dashboard.texts import _
from dashboard.texts.formats import BLANK, in_markdown

EDITOR = Path(__file__).with_name("editor.py")
OFTEN = 2.0
"""Seconds between two looks at a run that waits for a worker."""
BUTTON = 118
"""Pixels that a button of the run is wide, whatever it says."""
KEY = 32
"""Pixels more for the key that presses it."""
SHARPEN = _("Train the network on from here by the method that finds the most digits.")


def button(label: str, name: str, icon: str, action: Callable[..., None], args: tuple[Any, ...], **more: Any) -> None:
    """A button of the run, always at its place: where it can do nothing it is greyed."""
    width = BUTTON + KEY * ("shortcut" in more)
    st.button(label, name, icon=icon, on_click=action, args=args, disabled=name not in enabled, width=width, **more)


def standing(run: Run | None) -> None:
    """Where the run stands; that it waits in vain may turn out while it does."""
    with actions.explained():
        waiting, hindrance = actions.waiting_before(run), actions.hindrance(run)
    if hindrance:
        st.error(hindrance)
    with st.container(key="run-status"):
        if not (hindrance and run and run.status == "queued"):
            st.markdown(status.sentence(run, waiting, time.time()))
        st.caption(on_from(origin, experiment) if origin else BLANK)


welcome.arrive()

# The sidebar: each widget returns its value, and the values make the experiment.

with actions.explained():
    devices = store().devices()
with st.sidebar:
    problem = controls.problem()
    text, aim = (_("Edit"), "open") if catalogue.mine(controls.chosen()) else (_("Edit a copy"), "copy")
    if st.button(text, "edit", _("Change its equations in the editor."), icon=":material/edit:", type="tertiary"):
        st.switch_page(EDITOR, query_params={aim: controls.chosen()})
    shown = shown_for(problem)
    recipe = shown.defaults
    sidebar.preset_row(problem, shown)
    values = sidebar.values(problem, shown)
    settings = sidebar.essentials(problem, shown, devices)
    with st.expander(_("More settings")):
        others, weights = sidebar.more(problem, shown, devices)
    settings |= others
    address.check_names(("problem", "preset", actions.RUN, *seeds.NAMES, *recipe))
    experiment_file = st.expander(_("Experiment file"))

# The main part: the equation in a line, the picture with its timeline and its numbers, the buttons, then what explains it.

with actions.explained():
    experiment, refusal = nearest_experiment(problem, values, settings, weights)
missing = experiment.device != recipe["device"] and experiment.device not in {device.name for device in devices}
possible = not (missing or refusal)
with experiment_file:
    panel(experiment)
actions.follow(experiment, st.session_state.get("train-on-change", False) and possible)
greets = not refusal and welcome.greets(experiment)
with actions.explained():
    run = None if refusal or greets else actions.current(experiment)
    several = seeds.sought(experiment) if run else None
origin = None if refusal else actions.origin(experiment, run)
trains = run is not None and run.status in status.TRAINING
enabled = actions.enabled(run) | ({"on"} if origin else set())
sharper = sharpening.sharpened(run)
enabled |= {"sharpen"} if sharper else set()
if not possible:
    enabled -= {"step", "on"} if trains else {"toggle", "step", "on"}

with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="headline"):
    st.title(catalogue.said(problem, problem.title) or _("Problem without a title"), anchor=False, width="content")
    headline(problem, values)
with st.container(gap="xsmall", key="notes"):  # there also while it is empty, so that what follows keeps its place, and its film
    for note in address.notes():
        st.warning(note, icon=":material/link_off:")
with st.container(key="stage-place"):
    stage(experiment, run, begun=actions.begun(run), welcome=greets, several=several, key="stage")
with st.container(gap="xsmall", key="troubles"):
    if refusal:
        st.error(in_markdown(refusal))
    if missing:
        st.error(_("No worker has the device {name}. Choose another in the sidebar.").format(name=experiment.device))
    if trouble := actions.trouble():
        st.error(trouble)

with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="run-buttons"):
    icon = ":material/pause:" if trains else ":material/play_arrow:"
    button(actions.label(run), "toggle", icon, actions.toggle, (experiment, run), type="primary", shortcut="t")
    button(_("One step"), "step", ":material/skip_next:", actions.one_step, (experiment, run), shortcut="s")
    button(_("Stop"), "stop", ":material/stop:", actions.stop, (run,))
    button(_("Start over"), "over", ":material/restart_alt:", actions.start_over, (), shortcut="o")
    told = on_from(origin, experiment) if origin else None
    button(_("Train on"), "on", ":material/fast_forward:", actions.train_on, (origin, experiment), help=told)
    button(_("Sharpen"), "sharpen", ":material/colorize:", sharpening.sharpen, (run, sharper), help=SHARPEN)
    button(_("Forget"), "forget", ":material/delete:", actions.forget, (run,))
    help = _("Every change of a setting starts its training at once, and stops what trained before.")
    st.toggle(_("Train on every change"), key="train-on-change", help=help, persist_state="session")

st.fragment(standing, run_every=OFTEN if run and run.status == "queued" else None)(run)
if not refusal and (reason := controls.left_to_the_loss(experiment, recipe["constraints"])) is not None:
    st.caption(_("Not all conditions are built into the network. {reason}").format(reason=in_markdown(reason)))
for warning in experiment.warnings:
    st.warning(in_markdown(warning))
st.markdown(catalogue.said(problem, problem.description))
with st.expander(_("The problem in full")):
    equation(problem, values)
diagnosis.show(run)
seeds.section(experiment, controls.chosen(), possible=possible)
