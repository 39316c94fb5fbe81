"""What the buttons of a run do. Wishes go to the store; the cluster is told of a run that waits for a worker.

A run belongs to the visitor who asked for it, and everybody with the same settings sees it. Whoever pauses, stops or steps what
somebody else's page trains gets a continuation of their own from its last checkpoint, and the other run goes on. The address says which
run is on the page (`run=ID`), so that a reload, a link and another visitor's newer run leave it there; `run=none` is the empty stage.

All are made to be callbacks: what goes wrong is kept for the page to show, and gone at the next click.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from itertools import takewhile
from typing import ParamSpec

import streamlit as st

from core.errors import InputError, TangenteError
from core.experiment import continuation
from core.experiment.experiment import Experiment
from core.store import Run
from dashboard.runs.status import RESUMABLE, TRAINING
from dashboard.server import asides, watchers
from dashboard.server.services import cluster, store
from dashboard.server.visitor import visitor
from dashboard.texts import _
from dashboard.texts.formats import in_markdown

P = ParamSpec("P")

RUN, NONE = "run", "none"
"""The name in the address of the run on the page, and the word there for none."""
_TROUBLE, _EMPTY, _BEGUN, _OPENING, _FOLLOWED, _LAST = (
    "run-trouble",
    "run-empty",
    "run-begun",
    "run-opening",
    "run-followed",
    "run-last",
)

CONTINUED = (*RESUMABLE, "done")
"""The states of a run that can be trained on."""
_ANEW = frozenset({"toggle", "over", "forget"})
_TRAINS = frozenset({"toggle", "step", "stop", "over", "forget"})
_LEFT = frozenset({"toggle", "step", "over", "on", "forget"})
ENABLED = {
    None: frozenset({"toggle", "step"}),
    "queued": _TRAINS,
    "running": _TRAINS,
    "paused": _LEFT | {"stop"},
    "stopped": _LEFT,
    "done": _ANEW | {"on"},
    "diverged": _ANEW,
    "failed": _ANEW,
}
"""The buttons that a run's status allows: Train or Pause, One step, Stop, Start over, Train on, Forget; `enabled` knows whose it is."""


def enabled(run: Run | None) -> frozenset[str]:
    """The buttons that can do something with `run`, the names of `ENABLED`.

    Nobody stops what somebody else has paused, nor forgets what is somebody else's.
    """
    if run is None:
        return ENABLED[None]
    hidden = set() if _mine(run) or run.status in TRAINING else {"stop"}
    return ENABLED[run.status] - (hidden if _forgettable(run) else hidden | {"forget"})


def current(experiment: Experiment) -> Run | None:
    """The run to show for an experiment: the one that the address names, if its settings are these; else the newest of this experiment.

    With `run=none` it is none, until the settings are others.
    """
    asked = st.query_params.get(RUN)
    if asked == NONE and st.session_state.setdefault(_EMPTY, experiment.key) == experiment.key:
        return None
    run = _named(asked, experiment) if asked not in (None, NONE) else None
    if run is None:
        _unpin()
        run = store().latest(experiment.key, visitor())
    if run is not None:
        st.session_state[_LAST] = run.id
    return run


def origin(experiment: Experiment, run: Run | None) -> Run | None:
    """The run that `train_on` would go on from, where `run` is the one on the page; None where nothing can be trained on.

    It is that run. Where the settings have none yet, it is the one that was shown before they changed, if the problem is the same and the
    network fits.
    """
    if run is not None:
        return run if run.status in CONTINUED else None
    with suppress(InputError):
        last = store().get(st.session_state.get(_LAST, ""))
        continuation.check(last.experiment, experiment)
        if last.status in CONTINUED and last.experiment.problem == experiment.problem:
            return last
    return None


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
    """Begin a new run. One of the same experiment that is under way, a second click's or another visitor's, is watched instead.

    From the empty stage, and where it is to pause, it is always a run of one's own.
    """
    known = store().latest(experiment.key, visitor())
    if known and known.status in TRAINING and pause_at is None and st.query_params.get(RUN) != NONE:
        _pin(known)
        return
    _begin(store().create(experiment, pause_at=pause_at, visitor=visitor()))


def toggle(experiment: Experiment, run: Run | None) -> None:
    """Train and Pause as one button: pause what trains, go on with what was left, begin anew otherwise."""
    if run is not None and run.status in TRAINING:
        pause(run)
    elif run is not None and run.status in RESUMABLE:
        resume(run)
    else:
        train(experiment)


def label(run: Run | None) -> str:
    """The label of the button of `toggle`."""
    if run is None:
        return _("Train")
    return _("Pause") if run.status in TRAINING else _("Resume") if run.status in RESUMABLE else _("Train again")


@_told
def train_on(run: Run, experiment: Experiment, pause_at: int | None = None) -> None:
    """Go on from where `run` has come to, with the settings of `experiment`, as a run of its own whose steps count from 0.

    The same continuation is not trained twice: one that is there is shown, and goes on where it was left. What goes wrong (another
    network, above all) is told as `trouble`.
    """
    known = store().continuation(run.id, experiment, visitor())
    if known is not None and known.status in (*TRAINING, "done"):
        _pin(known)
    elif known is not None and known.status in RESUMABLE:
        _resume(known, pause_at)
    else:
        _begin(store().create(experiment, parent=run.id, pause_at=pause_at, visitor=visitor()))


@_told
def train_seeds(experiments: Sequence[Experiment]) -> None:
    """Have every experiment trained that the store has no result of; they wait behind the runs that visitors look at.

    Nobody needs to watch them: a run ends by its own limits, whoever has left.
    """
    _unpin()
    for experiment in experiments:
        run = store().latest(experiment.key, visitor())
        if run is None or run.status == "failed":
            run = store().create(experiment, interactive=False, visitor=visitor())
        elif run.status in RESUMABLE:
            store().resume(run.id, visitor=visitor())
        cluster().submit(run.id, interactive=False)


@_told
def stop_all(runs: Sequence[Run]) -> None:
    """Ask the workers of all these runs to stop at once; those that wait are stopped before they begin. Others' runs go on."""
    for run in runs:
        if run.status in TRAINING and _mine(run):
            store().stop(run.id)


@_told
def resume(run: Run, pause_at: int | None = None) -> None:
    """Go on with a run that was paused or stopped; one that somebody else has left belongs to this visitor from then on."""
    _resume(run, pause_at)


def _resume(run: Run, pause_at: int | None) -> None:
    store().resume(run.id, pause_at=pause_at, visitor=visitor())
    _begin(run)


def begun(run: Run | None) -> bool:
    """Tell whether this visitor has begun the run since the page was last drawn."""
    return run is not None and run.id == st.session_state.pop(_OPENING, None)


def _begin(run: Run) -> None:
    """Hand a visitor's run to the workers, and show it on the page."""
    _pin(run)
    asides.forget(run.id)
    begun: list[str] = st.session_state.setdefault(_BEGUN, [])
    st.session_state[_BEGUN] = [*(known for known in begun if known != run.id), run.id]
    st.session_state[_OPENING] = run.id
    make_room(run)
    cluster().submit(run.id)


def make_room(run: Run) -> None:
    """Have runs that this visitor has left step aside for `run` where no worker is free: they pause, and do not go on by themselves.

    Those that wait do so, and of those that train as many as workers are lacking, the first begun first.
    """
    if not cluster().lacking(run.id):
        return
    left = [other for other in store().working() if other.id != run.id and _is_left(other)]
    for other in left:
        if other.status == "queued":
            _step_aside(other)
    for other in [other for other in left if other.status == "running"][: cluster().lacking(run.id)]:
        _step_aside(other)


def _step_aside(run: Run) -> None:
    asides.note(run.id)
    store().pause(run.id)


def _is_left(run: Run) -> bool:
    """Tell whether this visitor asked for a run and nobody looks at it: a page shows one, so that what it began before is left."""
    here = run.id in st.session_state.get(_BEGUN, [])
    return run.interactive and _mine(run) and not watchers.watched(run.id, but=visitor() if here else None)


@_told
def one_step(experiment: Experiment, run: Run | None) -> None:
    """One step more, or the first; one's own run that trains pauses, as the steps are to be taken one by one."""
    if run is None:
        train(experiment, pause_at=1)
    elif run.status in RESUMABLE:
        _resume(run, run.step + 1)
    elif _mine(run):
        store().pause(run.id)
    else:
        _begin(store().create(run.experiment, parent=run.id, pause_at=1, visitor=visitor()))


@_told
def pause(run: Run) -> None:
    """Ask the worker to pause at once; somebody else's run goes on, and this visitor has a paused continuation of it."""
    if _mine(run):
        store().pause(run.id)
    else:
        _branch(run, "paused")


@_told
def stop(run: Run) -> None:
    """Ask the worker to stop at once; somebody else's run goes on, and this visitor has a stopped continuation of it."""
    if _mine(run):
        store().stop(run.id)
    else:
        _branch(run, "stopped")


def _branch(run: Run, status: str) -> None:
    """Show this visitor a continuation of somebody else's run that is left as soon as it is made; nothing, where that run has ended."""
    if store().get(run.id).status in TRAINING:
        _pin(store().create(run.experiment, parent=run.id, visitor=visitor(), status=status))


def start_over() -> None:
    """Empty the stage, until there is a run or other settings: the address keeps it so. Runs stay in the store; what trains goes on."""
    for name in (_EMPTY, _LAST):
        st.session_state.pop(name, None)
    st.query_params[RUN] = NONE


@_told
def forget(run: Run) -> None:
    """Delete a run with everything that is kept of it, and empty the stage; its continuations stay whole."""
    if not _forgettable(store().get(run.id)):
        raise InputError("run-of-another", run=run.id)
    store().delete(run.id)
    start_over()


@_told
def follow(experiment: Experiment, wanted: bool) -> None:
    """Train the experiment where it has changed since it was last shown and training is `wanted`; stop what trained before."""
    before = st.session_state.get(_FOLLOWED)
    st.session_state[_FOLLOWED] = experiment.key
    if not wanted or before in (None, experiment.key):
        return
    _stop_own(experiment.key)
    run = store().latest(experiment.key, visitor())
    if run is None:
        train(experiment)
    elif run.status in RESUMABLE:
        _resume(run, None)


def _stop_own(key: str) -> None:
    """Stop the run that this page began last, unless it is one of the experiment's `key`, or somebody else looks at it."""
    for own in st.session_state.get(_BEGUN, [])[-1:]:
        with suppress(InputError):  # it may be forgotten
            run = store().get(own)
            if run.experiment.key != key and run.status in TRAINING and not watchers.watched(own, but=visitor()):
                store().stop(own)


def _mine(run: Run) -> bool:
    """Tell whether this visitor asked for a run."""
    return run.visitor == visitor()


def _forgettable(run: Run) -> bool:
    """Tell whether this visitor may forget a run: one's own, and what nobody in particular trained once it has ended."""
    return _mine(run) or (run.visitor is None and run.status not in TRAINING)


def _pin(run: Run) -> None:
    """Have the address name the run that the page shows."""
    st.session_state.pop(_EMPTY, None)
    st.query_params[RUN] = run.id


def _unpin() -> None:
    st.session_state.pop(_EMPTY, None)
    st.query_params.pop(RUN, None)


def _named(run_id: str | None, experiment: Experiment) -> Run | None:
    """The run that the address names, if its settings are those of the page; one that is not there is told."""
    try:
        run = store().get(run_id or "")
    except InputError as error:
        st.session_state[_TROUBLE] = in_markdown(error)
        return None
    return run if run.experiment.key == experiment.key else None
