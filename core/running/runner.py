"""What a worker does with a run: take the lease, go on from the newest checkpoint, train, write, obey."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import Any

from core.errors import RunError, TangenteError
from core.experiment.experiment import Experiment
from core.loss import intervals
from core.running.process import prepare
from core.running.recorder import Diverged, Recorder
from core.store import HEARTBEAT, SILENCE, Lease, Run, RunStore, Wishes
from core.store.moments import header_of
from core.training.training import Snapshot, train

_LEASE_POLL = 0.1  # seconds
_LOOK_EVERY = 0.1  # seconds between two looks at what the pages wish
_MOST_ATTEMPTS = 30
"""Leases that may end without a checkpoint before a run is given up; each step that was kept earns another."""

log = logging.getLogger(__name__)


def run(store_url: str, run_id: str) -> str:
    """Train a run until it ends, pauses, or another worker has it; its status then.

    Whatever goes wrong is recorded in the run; raises `RunError` only where not even that can be written.
    """
    prepare()
    store = _store(store_url)
    lease = _lease(store, run_id)
    if lease is not None:
        log.info("Run %s is taken up", run_id)
        _work(store, lease)
        log.info("Run %s is left: %s", run_id, store.get(run_id).status)
    return store.get(run_id).status


class Heartbeat:
    """Keeps a lease alive in a thread of its own, and knows what the pages wish."""

    def __init__(self, store: RunStore, lease: Lease) -> None:
        self._store, self._lease = store, lease
        self.wishes: Wishes = store.renew(lease)
        self.lost = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        """Renew the lease at each heartbeat, and look for wishes more often: a page that pauses a run waits for it."""
        beat = time.monotonic() + HEARTBEAT
        while not self._ended.wait(_LOOK_EVERY):
            try:
                if time.monotonic() >= beat:
                    beat = time.monotonic() + HEARTBEAT
                    self.wishes = self._store.renew(self._lease)
                elif (wishes := self._store.wishes(self._lease)) is not None:
                    self.wishes = wishes
            except TangenteError as error:
                if error.code == "lease-lost":
                    self.lost = True
                    return
                log.warning("The lease of run %s could not be renewed: %s", self._lease.run_id, error)


@cache
def _store(url: str) -> RunStore:
    return RunStore(url)


def _lease(store: RunStore, run_id: str) -> Lease | None:
    """The lease of a run. Where a worker that has died still holds it, wait as long as it lasts; None where the worker lives."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    heard = time.monotonic() + SILENCE
    seen = store.get(run_id)
    while (lease := store.lease(run_id, owner)) is None:
        now = store.get(run_id)
        if now.status not in ("queued", "running") or now.attempts != seen.attempts:
            return None
        if time.monotonic() > heard and not store.silent(run_id):
            return None
        time.sleep(_LEASE_POLL)
    return lease


def _work(store: RunStore, lease: Lease) -> None:
    """Train, and turn whatever goes wrong into the run's status."""
    try:
        try:
            with Heartbeat(store, lease) as heartbeat:
                _train(store, lease, heartbeat)
        except TangenteError as error:
            _fail(store, lease, error)
        except Exception as error:
            log.exception("Run %s failed", lease.run_id)
            _fail(store, lease, RunError("unexpected", reason=f"{type(error).__name__}: {error}"))
    except RunError as error:
        if error.code != "lease-lost":
            raise
        log.warning("Run %s has been taken over by another worker", lease.run_id)


def _train(store: RunStore, lease: Lease, heartbeat: Heartbeat) -> None:
    run = store.get(lease.run_id)
    experiment = run.experiment
    start = store.checkpoint(run.id)
    step = start.step if start else 0
    if start is None and run.before:
        raise RunError("checkpoint-lost")
    if run.attempts > _MOST_ATTEMPTS + step:
        raise RunError("keeps-failing", attempts=run.attempts)
    status = _wished(heartbeat.wishes, step)
    if status is not None:
        store.finish(lease, status, **_as_it_stands(store, run))
        return
    recorder = Recorder(store, lease, experiment, step, store.losses(run.id))
    snapshot: Snapshot | None = None
    try:
        for snapshot in train(experiment, start):
            recorder.step(snapshot)
            status = _wished(heartbeat.wishes, snapshot.step)
            if status is not None or heartbeat.lost:
                break
        if snapshot is None:  # killed between its last checkpoint and its end
            store.finish(lease, "done", **_as_it_stands(store, run))
            return
        recorder.settle(snapshot)
    except Diverged as found:
        assert snapshot is not None
        recorder.drain(snapshot)
        error = found.told(experiment).plain()
        store.finish(lease, "diverged", **recorder.end(replace(snapshot, step=found.step), "diverged"), error=error)
        return
    except Exception:
        if snapshot is not None:
            recorder.leave(snapshot.step, "failed")
        raise
    status = "done" if status is None or _complete(experiment, snapshot) else status
    if status == "done":
        snapshot = snapshot.best()  # what is shown, scored and kept
    result = recorder.end(snapshot, status)
    recorder.checkpoint(snapshot)
    store.finish(lease, status, **result)


def _wished(wishes: Wishes, step: int) -> str | None:
    """The status to end in after `step` steps, or None to go on."""
    if wishes.stop:
        return "stopped"
    return "paused" if wishes.pause_at is not None and step >= wishes.pause_at else None


def _complete(experiment: Experiment, snapshot: Snapshot) -> bool:
    steps, seconds = experiment.steps, experiment.seconds
    return (steps is not None and snapshot.step >= steps) or (seconds is not None and snapshot.seconds >= seconds)


def _fail(store: RunStore, lease: Lease, error: TangenteError) -> None:
    if error.code == "lease-lost":
        raise error
    log.warning("Run %s failed: %s", lease.run_id, error)
    store.finish(lease, "failed", **_as_it_stands(store, store.get(lease.run_id)), error=error.plain())


def _as_it_stands(store: RunStore, run: Run) -> dict[str, Any]:
    """The values that `finish` needs, from what the last moment shows."""
    steps = store.steps(run.id)
    header = header_of(store.moment(run.id, steps[-1])) if steps else {}
    shown = {name: header.get(name) for name in ("loss", "losses", "relative_l2", "max_error")}
    bare = {name: intervals.Found(value).plain() for name, value in (header.get("estimates") or {}).items()}
    return {"step": run.step, "seconds": run.seconds, **shown, "estimates": bare}
