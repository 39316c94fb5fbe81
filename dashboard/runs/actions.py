"""What the buttons of a run do. Wishes go to the store; the cluster is told of a run that waits for a worker.

All are made to be callbacks: what goes wrong is kept for the page to show, and gone at the next click.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import takewhile
from typing import ParamSpec

import streamlit as st

from core.errors import TangenteError
from core.experiment.experiment import Experiment
from core.store import Run
from dashboard.runs.status import RESUMABLE, TRAINING
from dashboard.server.services import cluster, store
from dashboard.texts import _
from dashboard.texts.formats import in_markdown

P = ParamSpec("P")

_TROUBLE, _RESET, _OWN, _BEGUN, _SHOWN = "run-trouble", "run-reset", "run-own", "run-begun", "run-shown"

_LOOK = 5.0
"""Seconds that a run counts as watched before its page asks for frames."""
_AGAIN = frozenset({"train", "reset"})
ENABLED = {
    None: frozenset({"train", "step"}),
    "queued": frozenset({"pause", "stop"}),
    "running": frozenset({"pause", "stop"}),
    "paused": frozenset({"step", "resume", "stop", "reset"}),
    "stopped": frozenset({"train", "step", "resume", "reset"}),
    "done": _AGAIN,
    "diverged": _AGAIN,
    "failed": _AGAIN,
}
"""The buttons that a run's status allows."""


def current(experiment: Experiment) -> Run | None:
    """The run to show for an experiment: its newest, unless this visitor has put it back to its beginning."""
    return None if st.session_state.get(_RESET) == experiment.key else store().latest(experiment.key)


def waiting_before(run: Run | None) -> int:
    """How many other runs get a worker before this one does."""
    if run is None or run.status != "queued":
        return 0
    ahead = takewhile(lambda other: other.id != run.id, store().claimable())
    return sum(1 for _other in ahead)


def hindrance(run: Run | None) -> str | None:
    """Why a run that waits will go on waiting; None while all is well."""
    problem = cluster().problem if run is not None and run.status in TRAINING else None
    return in_markdown(problem) if problem else None


@contextmanager
def explained() -> Iterator[None]:
    """Show what goes wrong inside, and end the page there."""
    try:
        yield
    except TangenteError as error:
        st.error(in_markdown(error))
        st.stop()


def trouble() -> str | None:
    """What went wrong at the last click."""
    told: str | None = st.session_state.pop(_TROUBLE, None)
    return told


def _told(action: Callable[P, None]) -> Callable[P, None]:
    """`action`, keeping what goes wrong for the page to show."""

    @wraps(action)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except TangenteError as error:
            st.session_state[_TROUBLE] = in_markdown(error)
        except OSError as error:
            st.session_state[_TROUBLE] = _("The workers could not be started: {reason}.").format(reason=error)

    return guarded


@_told
def train(experiment: Experiment, pause_at: int | None = None) -> None:
    """Begin a new run, unless one of the same experiment is under way: a second click, or another visitor's."""
    st.session_state.pop(_RESET, None)
    known = store().latest(experiment.key)
    if known and known.status in TRAINING:
        return
    _begin(store().create(experiment, pause_at=pause_at))


@_told
def train_seeds(experiments: Sequence[Experiment]) -> None:
    """Have every experiment trained that the store has no result of; they wait behind the runs that visitors look at.

    Nobody needs to watch them: a run ends by its own limits, whoever has left.
    """
    st.session_state.pop(_RESET, None)
    for experiment in experiments:
        run = store().latest(experiment.key)
        if run is None or run.status == "failed":
            run = store().create(experiment, interactive=False)
        elif run.status in RESUMABLE:
            store().resume(run.id)
        cluster().submit(run.id, interactive=False)


@_told
def stop_all(runs: Sequence[Run]) -> None:
    """Ask the workers of all these runs to stop at once; those that wait are stopped before they begin."""
    for run in runs:
        if run.status in TRAINING:
            store().stop(run.id)


@_told
def resume(run: Run, pause_at: int | None = None) -> None:
    """Go on with a run that was paused or stopped."""
    store().resume(run.id, pause_at=pause_at)
    _begin(run)


def begun(run: Run | None) -> bool:
    """Whether this visitor has begun the run since the page was last drawn."""
    own = st.session_state.get(_BEGUN)
    return run is not None and run.id == own and bool(st.session_state.pop(_BEGUN, None))


def _begin(run: Run) -> None:
    """Hand a visitor's run to the workers; it is watched from the start, so that its first frame need not wait for the page to ask."""
    st.session_state[_OWN] = st.session_state[_BEGUN] = run.id
    store().watch(run.id, _LOOK)
    cluster().submit(run.id)


def one_step(experiment: Experiment, run: Run | None) -> None:
    """One step more, or the first."""
    if run is None:
        train(experiment, pause_at=1)
    else:
        resume(run, pause_at=run.step + 1)


@_told
def pause(run: Run) -> None:
    """Ask the worker to pause at once."""
    store().pause(run.id)


@_told
def stop(run: Run) -> None:
    """Ask the worker to stop at once."""
    store().stop(run.id)


def reset(experiment: Experiment) -> None:
    """Show the experiment untrained; its runs stay in the store."""
    st.session_state[_RESET] = experiment.key


@_told
def follow(experiment: Experiment, wanted: bool) -> None:
    """Train the experiment where it has changed since it was last shown and training is `wanted`; stop what trained before."""
    before = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = experiment.key
    if before != experiment.key:
        st.session_state.pop(_RESET, None)
    if not wanted or before in (None, experiment.key):
        return
    _stop_own(experiment.key)
    run = store().latest(experiment.key)
    if run is None:
        train(experiment)
    elif run.status in RESUMABLE:
        resume(run)


def _stop_own(key: str) -> None:
    """Stop this visitor's run, unless it is one of `key`."""
    own = st.session_state.get(_OWN)
    run = store().get(own) if own else None
    if run and run.key != key and run.status in TRAINING:
        store().stop(run.id)
