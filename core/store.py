"""Where pages and workers meet: pages write wishes and read results, workers read wishes and write results.

A worker holds a run by a lease that it renews. Each lease has a higher token than all before it, and every write of a worker checks its
token in the same transaction, so that a worker that was taken for dead can no longer change anything. Leases end by the wall clock, the
only one that processes and machines share; where it is set forward a lease may end early, which costs the work since the last checkpoint
and nothing else, as the run then goes on from there and gives the same numbers.
"""

from __future__ import annotations

import hashlib
import json
import math
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlalchemy import Connection, Row, Update, delete, func, insert, or_, select, update

from core.database import Database, default_url, resolve
from core.errors import InputError, RunError
from core.experiment import Experiment, terms
from core.schema import PARTS, checkpoints, frames, losses, runs, snapshots, workers

__all__ = ["LEASE", "Device", "Lease", "Run", "RunStore", "StoredCheckpoint", "Wishes", "default_url"]

ENDINGS = ("paused", "stopped", "done", "diverged", "failed")
"""How a worker may leave a run; before, it is queued, then running."""
RESUMABLE = ("paused", "stopped", "failed")

LEASE = 3.0
"""Seconds that a lease lasts unless it is renewed."""

_SEEN = 15.0  # seconds for which a worker's devices count as there
_FORGOTTEN = 86_400.0  # seconds after which a worker that was not seen is forgotten
_WATCH_EVERY = 0.5  # seconds
_MB = 1_000_000
_SNAPSHOTS = 20 * _MB  # a run
_CHECKPOINTS = 100 * _MB  # a run


class Trainable(Protocol):
    """What the store needs to know of an experiment."""

    @property
    def key(self) -> str: ...
    @property
    def steps(self) -> int | None: ...
    @property
    def device(self) -> str: ...
    @property
    def engine(self) -> str: ...
    def to_json(self) -> str: ...


@dataclass(frozen=True)
class Run:
    """A run as it stood when it was read. Times are seconds since 1970, UTC.

    `step` and `seconds` tell how far the training is, `steps` where it ends (None: by time alone), `version` counts its frames, `attempts`
    how often a worker has taken it up. `error` is {"code", "values"} where something went wrong.
    """

    id: str
    key: str
    status: str
    interactive: bool
    step: int
    seconds: float
    steps: int | None
    device: str
    engine: str
    created: float
    started: float | None
    finished: float | None
    pause_at: int | None
    attempts: int
    version: int
    loss: float | None
    losses: dict[str, float | None] | None
    relative_l2: dict[str, float | None] | None
    max_error: dict[str, float | None] | None
    estimates: dict[str, Any]
    error: dict[str, Any] | None
    text: str  # the experiment, as JSON

    @cached_property
    def experiment(self) -> Experiment:
        return Experiment.from_json(self.text)


@dataclass(frozen=True)
class Lease:
    """A worker's right to write to a run, until another has a higher token."""

    run_id: str
    token: int


@dataclass(frozen=True)
class Wishes:
    """What the pages want of a running run: to pause after step `pause_at`, to stop, to be drawn because someone looks."""

    pause_at: int | None
    stop: bool
    watched: bool


@dataclass(frozen=True)
class StoredCheckpoint:
    """What a run goes on from, whole: its sha256 held."""

    step: int
    seconds: float
    data: bytes


@dataclass(frozen=True)
class Device:
    """A device that a worker has."""

    name: str
    label: str
    worker: str


class RunStore:
    """Runs and all that is known of them; safe to share between processes, threads and, on a database server, machines.

    `url` is any URL of SQLAlchemy's or an SQLite file's path. Raises `InputError` where there is no store to be had. Every method raises
    `RunError` where the disk is full, or the database is busy for too long or lost.
    """

    def __init__(self, url: str | None = None) -> None:
        self._database = Database(resolve(url or default_url()))
        self._looked: dict[str, float] = {}
        self._looking = threading.Lock()

    @property
    def url(self) -> str:
        """The store's URL, in full, for another process to open it."""
        return self._database.url.render_as_string(hide_password=False)

    @property
    def shared(self) -> bool:
        """Whether other machines can reach it."""
        return not self._database.sqlite

    def close(self) -> None:
        """Close the connections that are not in use; they are opened again when needed."""
        self._database.close()

    # The pages' side.

    def create(self, experiment: Trainable, *, pause_at: int | None = None, interactive: bool = True) -> Run:
        """A new run, queued, to pause after `pause_at` steps; interactive ones go before others."""
        made = {
            "id": _new_id(),
            "key": experiment.key,
            "status": "queued",
            "interactive": interactive,
            "step": 0,
            "seconds": 0.0,
            "steps": experiment.steps,
            "device": experiment.device,
            "engine": experiment.engine,
            "created": time.time(),
            "pause_at": pause_at,
            "stop": False,
            "resumed": False,
            "watched_until": 0.0,
            "token": 0,
            "experiment": experiment.to_json(),
        }
        with self._database.write(durable=True) as connection:
            connection.execute(insert(runs).values(made))
            return _run(_one(connection, str(made["id"])))

    def get(self, run_id: str) -> Run:
        """One run; raises `InputError` where there is none of that id."""
        with self._database.read() as connection:
            return _run(_one(connection, run_id))

    def latest(self, key: str) -> Run | None:
        """The newest run of an experiment's key."""
        with self._database.read() as connection:
            row = connection.execute(_RUNS.where(runs.c.key == key).order_by(runs.c.number.desc()).limit(1)).first()
        return _run(row) if row else None

    def runs(self, limit: int = 100) -> list[Run]:
        """The newest runs, newest first."""
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(_RUNS.order_by(runs.c.number.desc()).limit(limit))]

    def claimable(self, now: float | None = None) -> list[Run]:
        """The runs that wait for a worker, or whose worker has not been heard of; interactive ones first, then the oldest."""
        lost = (runs.c.status == "running") & (runs.c.leased_until < (time.time() if now is None else now))
        waiting = _RUNS.where(or_(runs.c.status == "queued", lost)).order_by(runs.c.interactive.desc(), runs.c.number)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(waiting)]

    def pause(self, run_id: str) -> None:
        """Have a run pause as soon as it can; one that is over stays as it is."""
        self._wish(run_id, ("queued", "running"), "paused", pause_at=0)

    def stop(self, run_id: str) -> None:
        """Have a run stop as soon as it can; one that is over stays as it is."""
        self._wish(run_id, ("queued", "running", "paused"), "stopped", stop=True)

    def resume(self, run_id: str, pause_at: int | None = None) -> None:
        """Have a run go on, up to step `pause_at`; raises `InputError` for one that has come to its own end.

        One that still runs forgets earlier wishes, also where its worker has begun to obey them.
        """
        with self._database.write(durable=True) as connection:
            status = connection.scalar(select(runs.c.status).where(runs.c.id == run_id).with_for_update())
            if status is None:
                raise InputError("unknown-run", run=run_id)
            if status not in ("queued", "running", *RESUMABLE):
                raise InputError("run-ended", run=run_id, status=status)
            going = {"resumed": True} if status == "running" else {"status": "queued", "finished": None, "error": None}
            connection.execute(_update(run_id).values(pause_at=pause_at, stop=False, **going))

    def delete(self, run_id: str) -> None:
        """Forget a run; its worker, if any, finds its lease lost."""
        with self._database.write(durable=True) as connection:
            if not connection.execute(delete(runs).where(runs.c.id == run_id)).rowcount:
                raise InputError("unknown-run", run=run_id)
            for part in PARTS:
                connection.execute(delete(part).where(part.c.run == run_id))

    def watch(self, run_id: str, seconds: float = 2.0) -> None:
        """Let the worker know that someone looks, for the next `seconds`; more often than twice a second makes no difference."""
        with self._looking:
            now = time.monotonic()
            if now - self._looked.get(run_id, -math.inf) < _WATCH_EVERY:
                return
            self._looked = {known: last for known, last in self._looked.items() if now - last < _WATCH_EVERY} | {run_id: now}
        with self._database.write(durable=False) as connection:
            connection.execute(_update(run_id).values(watched_until=time.time() + seconds))

    def frame(self, run_id: str, since: int = -1) -> tuple[int, bytes] | None:
        """The newest frame and its version, or None where there is none newer than `since`."""
        newer = select(frames.c.version, frames.c.data).where(frames.c.run == run_id, frames.c.version > since)
        with self._database.read() as connection:
            row = connection.execute(newer).first()
        return (row.version, row.data) if row else None

    def losses(self, run_id: str) -> NDArray[np.float32]:
        """The loss terms of every step written so far, (steps, terms)."""
        with self._database.read() as connection:
            rows = connection.execute(select(losses).where(losses.c.run == run_id).order_by(losses.c.first))
            chunks = [_array(row) for row in rows]
        return np.concatenate(chunks) if chunks else np.empty((0, len(terms(self.get(run_id).experiment.problem))), np.float32)

    def snapshots(self, run_id: str) -> list[int]:
        """The steps of which a snapshot is kept."""
        with self._database.read() as connection:
            return list(connection.scalars(select(snapshots.c.step).where(snapshots.c.run == run_id).order_by(snapshots.c.step)))

    def snapshot(self, run_id: str, step: int) -> bytes:
        """The snapshot of a step; raises `InputError` where none is kept."""
        with self._database.read() as connection:
            data = connection.scalar(select(snapshots.c.data).where(snapshots.c.run == run_id, snapshots.c.step == step))
        if data is None:
            raise InputError("unknown-snapshot", run=run_id, step=step)
        return bytes(data)

    def checkpoint(self, run_id: str) -> StoredCheckpoint | None:
        """The newest checkpoint that is whole."""
        with self._database.read() as connection:
            return _checkpoint(connection, run_id)

    def devices(self) -> tuple[Device, ...]:
        """The devices of the workers seen lately."""
        recent = select(workers).where(workers.c.seen > time.time() - _SEEN).order_by(workers.c.worker)
        with self._database.read() as connection:
            rows = connection.execute(recent).all()
        return tuple(Device(name, label, row.worker) for row in rows for name, label in json.loads(row.devices).items())

    # The workers' side.

    def lease(self, run_id: str, owner: str) -> Lease | None:
        """Take up a run that is queued, or whose worker has not been heard of; None where it is neither.

        The run stands again where its newest checkpoint that is whole leaves it; the losses after that are forgotten, as they will be
        written again, the same.
        """
        with self._database.write(durable=False) as connection:
            row = connection.execute(
                select(runs.c.status, runs.c.token, runs.c.leased_until, runs.c.started).where(runs.c.id == run_id).with_for_update()
            ).first()
            if row is None:
                raise InputError("unknown-run", run=run_id)
            now = time.time()
            if row.status != "queued" and not _lost(row, now):
                return None
            saved = _checkpoint(connection, run_id)
            step, seconds = (saved.step, saved.seconds) if saved else (0, 0.0)
            connection.execute(delete(checkpoints).where(checkpoints.c.run == run_id, checkpoints.c.step > step))
            _cut(connection, run_id, step + 1, None)
            held = {"status": "running", "token": row.token + 1, "owner": owner, "leased_until": now + LEASE, "resumed": False}
            connection.execute(_update(run_id).values(started=row.started or now, step=step, seconds=seconds, **held))
        return Lease(run_id, row.token + 1)

    def renew(self, lease: Lease) -> Wishes:
        """Hold a run for three seconds more, and learn what the pages wish."""
        with self._held(lease) as connection:
            now = time.time()
            connection.execute(_update(lease.run_id).values(leased_until=now + LEASE))
            row = connection.execute(select(runs.c.pause_at, runs.c.stop, runs.c.watched_until).where(runs.c.id == lease.run_id)).one()
        return Wishes(row.pause_at, row.stop, row.watched_until > now)

    def write_losses(self, lease: Lease, first_step: int, rows: ArrayLike) -> None:
        """Keep the loss terms of steps `first_step`, …, (steps, terms), in place of what was written of the same steps before."""
        block = np.ascontiguousarray(rows, "<f4")  # (steps, terms)
        with self._held(lease) as connection:
            _cut(connection, lease.run_id, first_step, first_step + len(block))
            _add_losses(connection, lease.run_id, first_step, block)

    def write_snapshot(self, lease: Lease, step: int, data: bytes) -> bool:
        """Keep a snapshot for replay; False, and nothing kept, where all of a run's would come to more than 20 MB."""
        others = select(func.coalesce(func.sum(func.length(snapshots.c.data)), 0))
        with self._held(lease) as connection:
            size = connection.scalar(others.where(snapshots.c.run == lease.run_id, snapshots.c.step != step)) or 0
            if size + len(data) > _SNAPSHOTS:
                return False
            connection.execute(delete(snapshots).where(snapshots.c.run == lease.run_id, snapshots.c.step == step))
            connection.execute(insert(snapshots).values(run=lease.run_id, step=step, data=data))
        return True

    def write_checkpoint(self, lease: Lease, step: int, seconds: float, data: bytes) -> None:
        """Keep a checkpoint, and the one before it; durable when this returns.

        Above 50 MB only one is kept; above 100 MB none, and `RunError` is raised.
        """
        if len(data) > _CHECKPOINTS:
            raise RunError("checkpoint-too-large", size=len(data) // _MB, limit=_CHECKPOINTS // _MB)
        mine = checkpoints.c.run == lease.run_id
        with self._held(lease, durable=True) as connection:
            sizes = select(checkpoints.c.step, func.length(checkpoints.c.data).label("size")).where(mine, checkpoints.c.step < step)
            before = connection.execute(sizes.order_by(checkpoints.c.step.desc()).limit(1)).first()
            kept = [before.step] if before is not None and max(before.size, len(data)) <= _CHECKPOINTS // 2 else []
            connection.execute(delete(checkpoints).where(mine, checkpoints.c.step.not_in(kept)))
            made = {"run": lease.run_id, "step": step, "seconds": seconds, "sha256": _digest(step, seconds, data), "data": data}
            connection.execute(insert(checkpoints).values(made))

    def write_frame(self, lease: Lease, data: bytes) -> None:
        """Show a frame in place of the one before."""
        with self._held(lease) as connection:
            mine = frames.c.run == lease.run_id
            if not connection.execute(update(frames).where(mine).values(version=frames.c.version + 1, data=data)).rowcount:
                connection.execute(insert(frames).values(run=lease.run_id, version=1, data=data))

    def progress(self, lease: Lease, step: int, seconds: float) -> None:
        """Tell how far the run is: steps, and seconds of training."""
        with self._held(lease) as connection:
            connection.execute(_update(lease.run_id).values(step=step, seconds=seconds))

    def finish(
        self,
        lease: Lease,
        status: str,
        *,
        step: int,
        seconds: float,
        loss: float | None,
        losses: Mapping[str, float | None] | None,
        relative_l2: Mapping[str, float | None] | None,
        max_error: Mapping[str, float | None] | None,
        estimates: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """Leave a run in one of `ENDINGS`, and the lease with it; durable when this returns.

        A pause or stop that was taken back while it was being obeyed leaves the run queued.
        """
        if status not in ENDINGS:
            raise ValueError(f"status must be one of {ENDINGS}, but got {status!r}")
        result = {"losses": losses, "relative_l2": relative_l2, "max_error": max_error, "estimates": estimates, "error": error}
        with self._held(lease, durable=True) as connection:
            wishes = connection.execute(select(runs.c.pause_at, runs.c.stop, runs.c.resumed).where(runs.c.id == lease.run_id)).one()
            wished = wishes.stop or (wishes.pause_at is not None and wishes.pause_at <= step)
            if status in ("paused", "stopped") and wishes.resumed and not wished:
                status = "queued"
            else:
                connection.execute(_update(lease.run_id).values(finished=time.time(), pause_at=None, stop=False))
            texts = {name: _to_json(value) for name, value in result.items()}
            left = {"status": status, "owner": None, "leased_until": None}
            connection.execute(_update(lease.run_id).values(step=step, seconds=seconds, loss=_finite(loss), **left, **texts))

    def publish_devices(self, worker: str, devices: Sequence[Device]) -> None:
        """Tell which devices a worker has; to be repeated, as workers not seen lately do not count."""
        now = time.time()
        with self._database.write(durable=False) as connection:
            connection.execute(delete(workers).where(or_(workers.c.worker == worker, workers.c.seen < now - _FORGOTTEN)))
            labels = json.dumps({device.name: device.label for device in devices})
            connection.execute(insert(workers).values(worker=worker, seen=now, devices=labels))

    @contextmanager
    def _held(self, lease: Lease, *, durable: bool = False) -> Iterator[Connection]:
        """A transaction in which `lease` holds; raises `RunError` where it does not."""
        holds = select(runs.c.number).where(runs.c.id == lease.run_id, runs.c.token == lease.token, runs.c.status == "running")
        with self._database.write(durable=durable) as connection:
            if connection.scalar(holds.with_for_update()) is None:
                raise RunError("lease-lost", run=lease.run_id)
            yield connection

    def _wish(self, run_id: str, before: tuple[str, ...], status: str, **wish: Any) -> None:
        """Note a wish for the worker of a run; where nobody works on it and its status is one of `before`, make it `status` at once."""
        with self._database.write(durable=True) as connection:
            row = connection.execute(select(runs.c.status, runs.c.leased_until).where(runs.c.id == run_id).with_for_update()).first()
            if row is None:
                raise InputError("unknown-run", run=run_id)
            if row.status == "running" and not _lost(row, time.time()):
                connection.execute(_update(run_id).values(resumed=False, **wish))
            elif row.status in before:
                connection.execute(_update(run_id).values(status=status, finished=time.time()))


def _new_id() -> str:
    """An id that cannot be guessed, and that no command line takes for a flag."""
    while (made := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return made


_JSON = ("losses", "relative_l2", "max_error", "estimates", "error")
_OTHERWISE_NAMED = {"attempts": runs.c.token, "version": func.coalesce(frames.c.version, 0), "text": runs.c.experiment}
_COLUMNS = {field.name: runs.c.get(field.name) for field in fields(Run)} | _OTHERWISE_NAMED
_RUNS = select(*(column.label(name) for name, column in _COLUMNS.items() if column is not None)).join_from(
    runs, frames, frames.c.run == runs.c.id, isouter=True
)


def _one(connection: Connection, run_id: str) -> Row[Any]:
    row = connection.execute(_RUNS.where(runs.c.id == run_id)).first()
    if row is None:
        raise InputError("unknown-run", run=run_id)
    return row


def _run(row: Row[Any]) -> Run:
    values = dict(row._mapping)
    for name in _JSON:
        values[name] = None if values[name] is None else json.loads(values[name])
    return Run(**{**values, "estimates": values["estimates"] or {}})


def _lost(row: Row[*tuple[Any, ...]], now: float) -> bool:
    """Whether a run's worker has not been heard of for as long as a lease lasts."""
    return bool(row.status == "running" and row.leased_until < now)


def _update(run_id: str) -> Update:
    return update(runs).where(runs.c.id == run_id)


def _checkpoint(connection: Connection, run_id: str) -> StoredCheckpoint | None:
    """The newest checkpoint whose sha256 holds; one at a time, as they may be large."""
    steps = connection.scalars(select(checkpoints.c.step).where(checkpoints.c.run == run_id).order_by(checkpoints.c.step.desc())).all()
    for step in steps:
        row = connection.execute(select(checkpoints).where(checkpoints.c.run == run_id, checkpoints.c.step == step)).first()
        if row is not None and _digest(row.step, row.seconds, row.data) == row.sha256:
            return StoredCheckpoint(row.step, row.seconds, bytes(row.data))
    return None


def _digest(step: int, seconds: float, data: bytes) -> str:
    """The sha256 of a checkpoint and of where it belongs, in hex."""
    digest = hashlib.sha256(f"{step} {seconds!r}\n".encode())
    digest.update(data)
    return digest.hexdigest()


def _array(row: Row[Any]) -> NDArray[np.float32]:
    return np.frombuffer(row.data, "<f4").reshape(row.rows, row.terms)


def _add_losses(connection: Connection, run_id: str, first: int, block: NDArray[np.float32]) -> None:
    """Add the losses of steps `first`, …, (steps, terms), none of which may be there."""
    if len(block):
        size, terms = block.shape
        connection.execute(insert(losses).values(run=run_id, first=first, rows=size, terms=terms, data=block.tobytes()))


def _cut(connection: Connection, run_id: str, first: int, end: int | None) -> None:
    """Forget the losses of the steps from `first` up to, but not with, `end`; None: all that follow."""
    past = [losses.c.first < end] if end is not None else []
    hit = (losses.c.run == run_id, losses.c.first + losses.c.rows > first, *past)
    chunks = connection.execute(select(losses).where(*hit)).all()
    if not chunks:
        return
    connection.execute(delete(losses).where(*hit))
    for chunk in chunks:
        block = _array(chunk)
        _add_losses(connection, run_id, chunk.first, block[: max(0, first - chunk.first)])
        if end is not None:
            _add_losses(connection, run_id, end, block[max(0, end - chunk.first) :])


def _finite(value: float | None) -> float | None:
    return value if value is None or math.isfinite(value) else None


def _to_json(value: object) -> str | None:
    """JSON, in which a number that is not finite is null; None for None."""
    return None if value is None else json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _finite(value) if isinstance(value, float) else value
