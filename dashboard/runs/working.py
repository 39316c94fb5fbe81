"""The mark of who works, in the navigation of every page: what trains, what waits and what one has left paused, and whose it is.

Each row leads to its run; one's own can be stopped, and those that are paused go on from here. It refreshes by itself, as a fragment:
every two seconds while something trains or waits, seldom else. No page is run again for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from core.errors import TangenteError
from core.store import Run
from dashboard.runs.status import TRAINING
from dashboard.server import asides
from dashboard.server.services import cluster, store
from dashboard.server.visitor import visitor
from dashboard.texts import _, ngettext
from dashboard.texts.formats import count, in_markdown, plain

KEY = "working"
OFTEN, SELDOM = 2.0, 10.0
"""Seconds between two looks, while something trains or waits and while nothing does."""
MOST = 12
"""Runs that are told one by one."""
_RECENTLY = 24 * 3600.0
"""Seconds for which a run that its visitor has left paused is told."""
_TROUBLE = "working-trouble"

Address = Callable[[Run], str | None]
"""What tells where a run is shown; None for one that this visitor may not open."""


def mark(address: Address) -> None:
    """The mark with what it unfolds, where the page stands; a look at the store that fails leaves it out until the next."""
    st.fragment(_outer, run_every=SELDOM)(address)


def _outer(address: Address) -> None:
    """The mark, which looks often as long as there is something to see; who finds that there is, begins to."""
    with st.container(key=KEY):
        st.fragment(_mark, run_every=OFTEN if _working() else None)(address)


def _mark(address: Address) -> None:
    working, paused = _working(), _paused()
    runs = [*working, *paused]
    with st.popover(summary(runs), icon=":material/model_training:" if working else None, key=f"{KEY}-list"):
        if not runs:
            st.markdown(_("Nothing trains, and nothing waits."))
        for run in runs[:MOST]:
            _row(run, address)
        if len(runs) > MOST:
            more = len(runs) - MOST
            st.caption(ngettext("{number} more waits.", "{number} more wait.", more).format(number=count(more)))
        if trouble := st.session_state.pop(_TROUBLE, None):
            st.error(trouble)


def summary(runs: Sequence[Run]) -> str:
    """The words of the mark: “running 2”, “running 2, waiting 1, paused 1”, “idle”."""
    words = {"running": _("running {number}"), "queued": _("waiting {number}"), "paused": _("paused {number}")}
    parts = [(sum(run.status == status for run in runs), text) for status, text in words.items()]
    return ", ".join(text.format(number=count(number)) for number, text in parts if number) or _("idle")


def _row(run: Run, address: Address) -> None:
    """A run in words, which lead to it, and the buttons that stop it, or have it go on, where it is one's own."""
    mine = run.visitor == visitor()
    with st.container(horizontal=True, vertical_alignment="center", key=f"{KEY}-{run.id}"):
        title, link = _title(run, mine), address(run)
        st.markdown(f"**{f'[{title}]({link})' if link else title}**  \n{sentence(run, mine)}", width="stretch")
        if mine and run.status == "paused":
            help = _("Train it on, as soon as a worker is free.")
            st.button(_("Resume"), f"{KEY}-resume-{run.id}", help, on_click=_resume, args=(run.id,), icon=":material/play_arrow:")
        if mine:
            help = _("Stop this run; what it has done is kept.")
            st.button(_("Stop"), f"{KEY}-stop-{run.id}", help, on_click=_stop, args=(run.id,), icon=":material/stop:")


def sentence(run: Run, mine: bool) -> str:
    """The network of a run, how far it is, and whose: “3 × 32 · step 1,200 of 2,000 · yours”."""
    whose = _("yours") if mine else _("another visitor's")
    return f"{_stated(run.text).size} · {_standing(run)} · {whose}"


def _standing(run: Run) -> str:
    """How far a run is, and where it is paused why."""
    reached = _reached(run)
    if run.status != "paused":
        return reached
    paused = _("paused, stepped aside") if asides.stepped(run.id) else _("paused")
    return f"{paused} · {reached}"


def _reached(run: Run) -> str:
    if run.status == "queued" and not run.step:
        return _("waiting for a worker")
    step = count(run.step)
    if run.steps is None:
        return _("step {step}").format(step=step)
    return _("step {step} of {steps}").format(step=step, steps=count(run.steps))


def _title(run: Run, mine: bool) -> str:
    """The problem's title; of what somebody else has typed nothing is shown to others."""
    stated = _stated(run.text)
    if stated.name:
        return _(stated.title)
    return (plain(stated.title) or _("Problem without a title")) if mine else _("A problem of their own")


@dataclass(frozen=True)
class _Stated:
    """The name of an experiment's problem in the library, else nothing; its title; and its network, as depth × width."""

    name: str
    title: str
    size: str


@lru_cache(maxsize=256)
def _stated(text: str) -> _Stated:
    """The part of an experiment's JSON that the mark tells, read without reading all of it as an experiment."""
    table = json.loads(text)
    network = table["network"]
    return _Stated(table["name"], table["problem"].get("title", ""), f"{network['depth']} × {network['width']}")


def _stop(run_id: str) -> None:
    """Stop a run of one's own, whatever its page shows."""
    try:
        run = store().get(run_id)
        if run.visitor == visitor() and run.status in (*TRAINING, "paused"):
            store().stop(run_id)
            asides.forget(run_id)
    except TangenteError as error:
        st.session_state[_TROUBLE] = in_markdown(error)


def _resume(run_id: str) -> None:
    """Have a paused run of one's own go on, whatever its page shows; it waits for its turn."""
    try:
        run = store().get(run_id)
        if run.visitor == visitor() and run.status == "paused":
            store().resume(run_id)
            asides.forget(run_id)
            cluster().submit(run_id)
    except TangenteError as error:
        st.session_state[_TROUBLE] = in_markdown(error)


def _working() -> list[Run]:
    """The runs that train or wait; none where the store cannot be read, which the page itself tells."""
    try:
        return store().working()
    except TangenteError:
        return []


def _paused() -> list[Run]:
    """The runs that this visitor has left paused lately, the last first; those that stepped aside are among them."""
    try:
        return store().paused(visitor(), time.time() - _RECENTLY)
    except TangenteError:
        return []
