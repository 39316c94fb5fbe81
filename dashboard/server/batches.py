"""The errands that pages have asked for: one batch of a kind at a time, which all visitors watch."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from core.errands.batch import Batch, Errand, Event
from core.errors import InputError, RunError
from dashboard.texts import worded

_MOST = 50
"""Batches that are remembered."""
_lock = threading.Lock()
_newest: dict[str, Batch] = {}


def newest(kind: str) -> Batch | None:
    """The batch of a kind that was started last, running or over."""
    with _lock:
        return _newest.get(kind)


def start(kind: str, errands: Sequence[Errand], *, timed: bool = True) -> Batch:
    """Run errands, unless a batch of the kind is running, which is then returned; another one of that kind is forgotten.

    `timed`: they take times, and wait until no others do.
    """
    with _lock:
        batch = _newest.get(kind)
        if batch is None or not batch.running:
            _newest.pop(kind, None)
            batch = _newest[kind] = Batch(errands, timed=timed)
            over = [name for name, other in _newest.items() if not other.running]
            for name in over[: max(0, len(_newest) - _MOST)]:
                del _newest[name]
        return batch


def told(id: str, since: int) -> list[Event]:
    """What a batch has told from event number `since` on, failures in words; raises `InputError` for one that is unknown or forgotten."""
    with _lock:
        batch = next((batch for batch in _newest.values() if batch.id == id), None)
    if batch is None:
        raise InputError("unknown-batch")
    return [_worded(event) for event in batch.events(since)]


def close() -> None:
    """End all that runs."""
    with _lock:
        batches = list(_newest.values())
        _newest.clear()
    for batch in batches:
        batch.stop()


def _worded(event: Event) -> Event:
    """A failure in words, with the last line that the program complained in: a whole traceback names the server's files."""
    if event["event"] != "failed":
        return event
    complained = [line for line in event["complained"].splitlines() if line.strip()]
    return {**event, "message": worded(RunError(event["code"], **event["values"])), "complained": "".join(complained[-1:])}
