"""What to say about a run: where it stands, how good it is, what to do next."""

from __future__ import annotations

from core.errors import MESSAGES, N_
from core.store import Run
from dashboard.texts import _, ngettext
from dashboard.texts.formats import ago, count, duration

TRAINING = ("queued", "running")
RESUMABLE = ("paused", "stopped")
STATES = {
    "none": N_("Not trained yet"),
    "queued": N_("Waiting for a worker"),
    "running": N_("Training"),
    "paused": N_("Paused"),
    "stopped": N_("Stopped"),
    "done": N_("Trained"),
    "diverged": N_("Diverged"),
    "failed": N_("Failed"),
}
"""Every status in a word or two; `none` where there is no run."""
UNFINISHED = (*TRAINING, *RESUMABLE)


def steps(number: int) -> str:
    """“2,000 steps”."""
    return ngettext("{number} step", "{number} steps", number).format(number=count(number))


def sentence(run: Run | None, waiting: int, now: float) -> str:
    """The sentence that says where `run` stands; `waiting` others are before it in the queue, at `now`, in seconds since the epoch."""
    if run is None:
        return _("Move the sliders, press Train, and watch the network bend into the solution.")
    return _SENTENCES[run.status](run, waiting, now)


def _queued(run: Run, waiting: int, now: float) -> str:
    if waiting == 0:
        return _("Starting …")
    return ngettext("Waiting behind {number} other run.", "Waiting behind {number} other runs.", waiting).format(number=count(waiting))


def _running(run: Run, waiting: int, now: float) -> str:
    return _("The training goes on if you leave, and the result is kept.")


def _paused(run: Run, waiting: int, now: float) -> str:
    return _("Paused after {steps}; Resume goes on from there.").format(steps=steps(run.before + run.step))


def _stopped(run: Run, waiting: int, now: float) -> str:
    return _("Stopped after {steps}; Resume goes on from there, Start over begins afresh.").format(steps=steps(run.before + run.step))


def _done(run: Run, waiting: int, now: float) -> str:
    text = _("Trained {ago}, {steps} in {duration} · shown from the store.")
    if _early(run):
        text = _("Trained {ago}, {steps} in {duration}; it ended there, as there was no more progress · shown from the store.")
    return text.format(ago=ago(now - (run.finished or now)), steps=steps(run.step), duration=duration(run.seconds))


def _early(run: Run) -> bool:
    """Whether a run that is done has reached none of its limits."""
    most = run.experiment.steps, run.experiment.seconds
    return not any(limit is not None and reached >= limit for limit, reached in zip(most, (run.step, run.seconds), strict=True))


def _diverged(run: Run, waiting: int, now: float) -> str:
    text = _(
        "Diverged at step {step}: the loss is no longer a finite number. Try a smaller learning rate, or larger weights for the conditions."
    )
    return text.format(step=count(run.step))


def _failed(run: Run, waiting: int, now: float) -> str:
    error = run.error or {"code": "", "values": {}}
    reason = _(MESSAGES[error["code"]]).format(**error["values"]) if error["code"] in MESSAGES else _("The reason is not known.")
    return _("Failed after {steps}. {reason}").format(steps=steps(run.step), reason=reason)


_SENTENCES = {
    "queued": _queued,
    "running": _running,
    "paused": _paused,
    "stopped": _stopped,
    "done": _done,
    "diverged": _diverged,
    "failed": _failed,
}
