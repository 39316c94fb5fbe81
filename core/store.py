"""The store: every run and all that is known of it. The one place where pages and workers meet.

Pages write wishes and read results, workers do the opposite. By default it is one SQLite file in WAL mode: readers never wait for writers,
and what has been acknowledged with `synchronous=FULL` survives a kill and a power cut.

A worker holds a run by a lease that it keeps renewing, and by a fencing token that grows with every lease: each of its writes checks the
token in the same transaction, so that a worker that was taken for dead cannot write over its successor. Leases end by the wall clock, the
only one that processes share; if it jumps, a lease may change hands early, which costs work since the last checkpoint and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, Row, create_engine, delete, event, func, insert, inspect, make_url, select, update
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from core import schema
from core.errors import InputError, RunError
from core.experiment import Experiment, terms
from core.schema import checkpoints, frames, losses, meta, runs, snapshots, workers

VARIABLE = "TANGENTE_STORE"
LEASE = 3.0
"""Seconds that a lease lasts unless it is renewed."""
WORKER_SEEN = 15.0
"""Seconds after which a worker that says nothing counts as gone."""
SNAPSHOT_BYTES = 20_000_000
CHECKPOINT_BYTES = 100_000_000
_WATCH_EVERY = 0.5  # seconds between two writes that say a run is watched
_BUSY = 10_000  # milliseconds to wait for another writer
_RESULT = ("loss", "losses", "relative_l2", "max_error", "estimates")


class Lease(NamedTuple):
    """The right to write one run."""

    run_id: str
    token: int


class Wishes(NamedTuple):
    """What pages ask of a running run: to pause once it has done `pause_at` steps, to stop, to draw frames."""

    pause_at: int | None
    stop: bool
    watched: bool


class Device(NamedTuple):
    """A device that a worker has."""

    name: str
    label: str
    worker: str


class StoredCheckpoint(NamedTuple):
    """The state after `step` steps and `seconds` of training."""

    step: int
    seconds: float
    data: bytes


@dataclass(frozen=True)
class Run:
    """One training of one experiment, as it stood when it was read. Times are seconds since 1970, `seconds` is training time."""

    id: str
    key: str
    status: str
    text: str
    interactive: bool
    device: str
    engine: str
    step: int
    steps: int | None
    seconds: float
    created: float
    started: float | None
    finished: float | None
    loss: float | None
    losses: dict[str, float] | None
    relative_l2: dict[str, float | None] | None
    max_error: dict[str, float | None] | None
    estimates: dict[str, Any]
    error: dict[str, Any] | None
    pause_at: int | None
    attempts: int
    version: int

    @cached_property
    def experiment(self) -> Experiment:
        """What is trained."""
        return Experiment.from_json(self.text)


def default_url() -> str:
    """The store's place: $TANGENTE_STORE, else a file in the user's data folder."""
    return os.environ.get(VARIABLE) or str(user_data_path("tangente", appauthor=False) / "runs.db")


class RunStore:
    """Runs and all that is known of them; safe to share between processes, threads and, where the database is a server, machines."""

    def __init__(self, url: str | None = None) -> None:
        """Open the store at a SQLAlchemy URL or a path, making it if it is not there.

        Raises `InputError` where that is no usable store, or one of a newer version.
        """
        self.url = _url(url or default_url())
        self.shared = not self.url.startswith("sqlite")
        self._place = self.url.removeprefix("sqlite:///")
        self._watched: dict[str, float] = {}
        self._lock = threading.Lock()
        with self._explained():
            if not self.shared:
                Path(self._place).parent.mkdir(parents=True, exist_ok=True)
            self._durable, self._light = _engine(self.url, "FULL"), _engine(self.url, "NORMAL")
            self._prepare()

    # what a page does

    def create(self, experiment: Experiment, *, pause_at: int | None = None, interactive: bool = True) -> Run:
        """A new run, queued; interactive ones count as watched from the start, so that their first frame is not late."""
        run_id, now = secrets.token_hex(12), time.time()
        row = {
            "id": run_id,
            "key": experiment.key,
            "status": "queued",
            "experiment": experiment.to_json(),
            "interactive": interactive,
            "device": experiment.device,
            "engine": experiment.engine,
            "steps": experiment.steps,
            "created": now,
            "pause_at": pause_at,
            "watched_until": now + 5.0 if interactive else 0.0,
        }
        with self._writing(durable=True) as connection:
            connection.execute(insert(runs).values(row))
        return self.get(run_id)

    def get(self, run_id: str) -> Run:
        """One run; raises `InputError` where there is none of that name."""
        with self._reading() as connection:
            row = connection.execute(_RUNS.where(runs.c.id == run_id)).first()
        if row is None:
            raise InputError("unknown-run", run=run_id)
        return _run(row)

    def latest(self, key: str) -> Run | None:
        """The newest run of an experiment's key."""
        with self._reading() as connection:
            row = connection.execute(_RUNS.where(runs.c.key == key).order_by(runs.c.created.desc()).limit(1)).first()
        return _run(row) if row else None

    def runs(self, limit: int = 100) -> list[Run]:
        """The newest runs, newest first."""
        with self._reading() as connection:
            return [_run(row) for row in connection.execute(_RUNS.order_by(runs.c.created.desc()).limit(limit))]

    def claimable(self, now: float | None = None) -> list[Run]:
        """The runs that are to be trained and that no worker holds, interactive ones first, then the oldest."""
        open_ = runs.c.status.in_(("queued", "running")) & (runs.c.leased_until <= (time.time() if now is None else now))
        with self._reading() as connection:
            return [_run(row) for row in connection.execute(_RUNS.where(open_).order_by(runs.c.interactive.desc(), runs.c.created))]

    def pause(self, run_id: str) -> None:
        """Ask a run to pause at once; one that no worker holds is paused here and now."""
        self._wish(run_id, "paused", pause_at=0)

    def stop(self, run_id: str) -> None:
        """Ask a run to stop; one that no worker holds is stopped here and now."""
        self._wish(run_id, "stopped", stop=True)

    def resume(self, run_id: str, pause_at: int | None = None) -> None:
        """Queue a paused or stopped run again, to pause once it has done `pause_at` steps; withdraws wishes to pause from a running one."""
        with self._writing(durable=True) as connection:
            wishes = {"pause_at": pause_at, "stop": False, "watched_until": time.time() + 5.0}
            connection.execute(update(runs).where(runs.c.id == run_id, runs.c.status.in_(("queued", "running"))).values(wishes))
            again = {**wishes, "status": "queued", "finished": None, "error": None}
            connection.execute(update(runs).where(runs.c.id == run_id, runs.c.status.in_(("paused", "stopped"))).values(again))

    def delete(self, run_id: str) -> None:
        """Forget a run and all that belongs to it."""
        with self._writing(durable=True) as connection:
            for table in (losses, snapshots, checkpoints, frames):
                connection.execute(delete(table).where(table.c.run == run_id))
            connection.execute(delete(runs).where(runs.c.id == run_id))

    def watch(self, run_id: str, seconds: float = 2.0) -> None:
        """Say that someone looks at a run for the next `seconds`; calling it at every look writes twice a second at most."""
        now = time.time()
        with self._lock:
            if now < self._watched.get(run_id, 0.0) + _WATCH_EVERY:
                return
            self._watched = {name: at for name, at in self._watched.items() if now < at + _WATCH_EVERY} | {run_id: now}
        with self._writing() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(watched_until=now + seconds))

    def frame(self, run_id: str, since: int = -1) -> tuple[int, bytes] | None:
        """The newest frame and its version, or None where there is none later than version `since`."""
        later = (frames.c.run == run_id) & (frames.c.version > since)
        with self._reading() as connection:
            row = connection.execute(select(frames.c.version, frames.c.data).where(later)).first()
        return (row.version, row.data) if row else None

    def losses(self, run_id: str) -> NDArray[np.float32]:
        """The loss terms of every step so far, (steps, terms)."""
        with self._reading() as connection:
            chunks = connection.execute(select(losses).where(losses.c.run == run_id).order_by(losses.c.first_step)).all()
        width = len(terms(self.get(run_id).experiment.problem))
        return np.concatenate([np.empty((0, width), "<f4"), *[np.frombuffer(row.data, "<f4").reshape(-1, width) for row in chunks]])

    def snapshots(self, run_id: str) -> list[int]:
        """The steps whose frames are kept for replay, in order."""
        with self._reading() as connection:
            return list(connection.scalars(select(snapshots.c.step).where(snapshots.c.run == run_id).order_by(snapshots.c.step)))

    def snapshot(self, run_id: str, step: int) -> bytes:
        """The frame kept for replay after `step` steps; raises `InputError` where none was kept."""
        with self._reading() as connection:
            here = (snapshots.c.run == run_id) & (snapshots.c.step == step)
            data = connection.scalar(select(snapshots.c.data).where(here))
        if data is None:
            raise InputError("unknown-snapshot", run=run_id, step=step)
        return bytes(data)

    def checkpoint(self, run_id: str) -> StoredCheckpoint | None:
        """The newest checkpoint whose sha256 holds."""
        with self._reading() as connection:
            return _newest(connection, run_id)

    def devices(self) -> tuple[Device, ...]:
        """The devices of the workers heard of lately."""
        with self._reading() as connection:
            rows = connection.execute(select(workers).where(workers.c.seen > time.time() - WORKER_SEEN).order_by(workers.c.name)).all()
        return tuple(Device(name, label, row.name) for row in rows for name, label in json.loads(row.devices).items())

    # what a worker does

    def lease(self, run_id: str, owner: str) -> Lease | None:
        """The right to train a run, or None where it is not to be trained or another worker holds it.

        Losses and snapshots past the newest checkpoint are dropped: they will be written again, the same.
        """
        now = time.time()
        free = (runs.c.id == run_id) & runs.c.status.in_(("queued", "running")) & (runs.c.leased_until <= now)
        taken = {
            "status": "running",
            "token": runs.c.token + 1,
            "owner": owner,
            "leased_until": now + LEASE,
            "started": func.coalesce(runs.c.started, now),
        }
        with self._writing(durable=True) as connection:
            if not connection.execute(update(runs).where(free).values(taken)).rowcount:
                return None
            saved = _newest(connection, run_id)
            step, seconds = (saved.step, saved.seconds) if saved else (0, 0.0)
            _cut_losses(connection, run_id, step)
            connection.execute(delete(snapshots).where(snapshots.c.run == run_id, snapshots.c.step > step))
            connection.execute(update(runs).where(runs.c.id == run_id).values(step=step, seconds=seconds))
            return Lease(run_id, connection.scalar(select(runs.c.token).where(runs.c.id == run_id)) or 0)

    def renew(self, lease: Lease) -> Wishes:
        """Keep the lease, and hear the wishes; raises `RunError` where the lease was lost, as every write below does."""
        now = time.time()
        with self._held(lease) as connection:
            connection.execute(update(runs).where(runs.c.id == lease.run_id).values(leased_until=now + LEASE))
            wished = select(runs.c.pause_at, runs.c.stop, runs.c.watched_until).where(runs.c.id == lease.run_id)
            row = connection.execute(wished).one()
        return Wishes(row.pause_at, row.stop, row.watched_until > now)

    def progress(self, lease: Lease, step: int, seconds: float) -> None:
        """Write how far the run is."""
        with self._held(lease) as connection:
            connection.execute(update(runs).where(runs.c.id == lease.run_id).values(step=step, seconds=seconds))

    def write_losses(self, lease: Lease, first_step: int, values: NDArray[Any]) -> None:
        """Write the loss terms, (steps, terms), of the steps from `first_step` on (counted from 1), in place of any written before."""
        row = {"run": lease.run_id, "first_step": first_step, "rows": len(values), "data": values.astype("<f4").tobytes()}
        with self._held(lease) as connection:
            _cut_losses(connection, lease.run_id, first_step - 1)
            connection.execute(insert(losses).values(row))

    def write_snapshot(self, lease: Lease, step: int, data: bytes) -> bool:
        """Keep a frame for replay; False where that would take the run over 20 MB, and it was not kept."""
        with self._held(lease) as connection:
            others = (snapshots.c.run == lease.run_id) & (snapshots.c.step != step)
            if (connection.scalar(select(func.sum(snapshots.c.size)).where(others)) or 0) + len(data) > SNAPSHOT_BYTES:
                return False
            connection.execute(delete(snapshots).where(snapshots.c.run == lease.run_id, snapshots.c.step == step))
            connection.execute(insert(snapshots).values(run=lease.run_id, step=step, size=len(data), data=data))
        return True

    def write_checkpoint(self, lease: Lease, step: int, seconds: float, data: bytes) -> None:
        """Keep a state to go on from, durably, and drop all but the one before it.

        Raises `RunError` for more than 100 MB; above half of that the one before is dropped too.
        """
        if len(data) > CHECKPOINT_BYTES:
            raise RunError("checkpoint-too-large", size=len(data) // 1_000_000, limit=CHECKPOINT_BYTES // 1_000_000)
        mine = checkpoints.c.run == lease.run_id
        with self._held(lease, durable=True) as connection:
            connection.execute(delete(checkpoints).where(mine, checkpoints.c.step >= step))
            before = connection.scalars(select(checkpoints.c.step).where(mine).order_by(checkpoints.c.step.desc())).all()
            kept = before[: 1 if 2 * len(data) <= CHECKPOINT_BYTES else 0]
            connection.execute(delete(checkpoints).where(mine, checkpoints.c.step.not_in(kept)))
            row = {"run": lease.run_id, "step": step, "seconds": seconds, "sha256": _digest(step, seconds, data), "data": data}
            connection.execute(insert(checkpoints).values(row))

    def write_frame(self, lease: Lease, data: bytes) -> None:
        """Show a new frame in place of the last."""
        with self._held(lease) as connection:
            changed = update(frames).where(frames.c.run == lease.run_id).values(version=frames.c.version + 1, data=data)
            if not connection.execute(changed).rowcount:
                connection.execute(insert(frames).values(run=lease.run_id, version=0, data=data))

    def finish(
        self, lease: Lease, status: str, *, step: int, seconds: float, error: Mapping[str, Any] | None = None, **result: Any
    ) -> None:
        """Leave a run in `status` with its results (loss, losses, relative_l2, max_error, estimates), and give the lease back."""
        left = {
            "status": status,
            "step": step,
            "seconds": seconds,
            "finished": time.time(),
            "result": json.dumps({name: result[name] for name in _RESULT if name in result}),
            "error": json.dumps(error) if error else None,
            "leased_until": 0.0,
            "pause_at": None,
            "stop": False,
        }
        with self._held(lease, durable=True) as connection:
            connection.execute(update(runs).where(runs.c.id == lease.run_id).values(left))

    def publish_devices(self, worker: str, devices: Sequence[Device]) -> None:
        """Say that a worker is there, and which devices it has."""
        row = {"name": worker, "devices": json.dumps({device.name: device.label for device in devices}), "seen": time.time()}
        with self._writing() as connection:
            connection.execute(delete(workers).where((workers.c.name == worker) | (workers.c.seen < time.time() - 100 * WORKER_SEEN)))
            connection.execute(insert(workers).values(row))

    # the database

    def _wish(self, run_id: str, status: str, **wish: Any) -> None:
        """Write a wish for the worker that holds the run; where none does, make it so."""
        now = time.time()
        open_ = (runs.c.id == run_id) & runs.c.status.in_(("queued", "running"))
        with self._writing(durable=True) as connection:
            connection.execute(update(runs).where(open_).values(wish))
            done = {"status": status, "finished": now, "pause_at": None, "stop": False}
            connection.execute(update(runs).where(open_, runs.c.leased_until <= now).values(done))
            if status == "stopped":
                connection.execute(update(runs).where(runs.c.id == run_id, runs.c.status == "paused").values(done))

    @contextmanager
    def _held(self, lease: Lease, durable: bool = False) -> Iterator[Connection]:
        """A transaction in which the lease is known to hold."""
        with self._writing(durable) as connection:
            mine = (runs.c.id == lease.run_id) & (runs.c.token == lease.token) & (runs.c.status == "running")
            if connection.scalar(select(func.count()).select_from(runs).where(mine)) != 1:
                raise RunError("lease-lost", run=lease.run_id)
            yield connection

    @contextmanager
    def _writing(self, durable: bool = False) -> Iterator[Connection]:
        """A transaction that writes; `durable`: it survives a power cut once it is over."""
        with self._explained(), (self._durable if durable else self._light).begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._explained(), self._light.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What the database and the disk say, as errors of ours."""
        try:
            yield
        except DBAPIError as error:
            reason = str(error.orig)
            for words, kind, code in _FAULTS:
                if words in reason:
                    raise kind(code, path=self._place, reason=reason) from error
            raise RunError("store-failed", path=self._place, reason=reason) from error
        except OSError as error:
            raise InputError("store-unusable", path=self._place, reason=error.strerror or str(error)) from error

    def _prepare(self) -> None:
        """Make the tables in a new store; refuse one that is newer than this program."""
        with self._durable.begin() as connection:
            if inspect(connection).has_table("meta"):
                found = int(connection.scalar(select(meta.c.value).where(meta.c.name == "version")) or 0)
                if found > schema.VERSION:
                    raise InputError("store-too-new", path=self._place, found=found, known=schema.VERSION)
                return
            schema.metadata.create_all(connection)
            connection.execute(insert(meta).values(name="version", value=str(schema.VERSION)))


_RUNS = select(runs, func.coalesce(frames.c.version, -1).label("version")).join_from(runs, frames, isouter=True)

_FAULTS: tuple[tuple[str, type[InputError] | type[RunError], str], ...] = (
    ("not a database", InputError, "not-a-store"),
    ("unable to open", InputError, "store-unusable"),
    ("readonly", InputError, "store-unusable"),
    ("disk is full", RunError, "disk-full"),
    ("disk I/O error", RunError, "disk-full"),
    ("locked", RunError, "store-busy"),
)


def _url(place: str) -> str:
    if "://" not in place:
        return f"sqlite:///{Path(place).expanduser().absolute()}"
    try:
        make_url(place).get_dialect()
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        raise InputError("store-unusable", path=place, reason=str(error)) from None
    return place


def _engine(url: str, synchronous: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    # Python's own transaction control begins too late and in the wrong mode: it is switched off, and "begin" below does it
    engine = create_engine(url, connect_args={"isolation_level": None, "check_same_thread": False, "timeout": _BUSY / 1000})

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: object) -> None:
        for pragma in (f"busy_timeout={_BUSY}", "journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # else two readers that both go on to write would lock each other out

    return engine


def _run(row: Row[Any]) -> Run:
    result = dict.fromkeys(_RESULT) | json.loads(row.result or "{}")
    return Run(
        id=row.id,
        key=row.key,
        status=row.status,
        text=row.experiment,
        interactive=row.interactive,
        device=row.device,
        engine=row.engine,
        step=row.step,
        steps=row.steps,
        seconds=row.seconds,
        created=row.created,
        started=row.started,
        finished=row.finished,
        loss=result["loss"],
        losses=result["losses"],
        relative_l2=result["relative_l2"],
        max_error=result["max_error"],
        estimates=result["estimates"] or {},
        error=json.loads(row.error) if row.error else None,
        pause_at=row.pause_at,
        attempts=row.token,
        version=row.version,
    )


def _newest(connection: Connection, run_id: str) -> StoredCheckpoint | None:
    for row in connection.execute(select(checkpoints).where(checkpoints.c.run == run_id).order_by(checkpoints.c.step.desc())):
        if _digest(row.step, row.seconds, row.data) == row.sha256:
            return StoredCheckpoint(row.step, row.seconds, row.data)
    return None


def _digest(step: int, seconds: float, data: bytes) -> str:
    """A sha256 over the whole of a checkpoint: a flipped bit in its step is as bad as one in its weights."""
    return hashlib.sha256(f"{step} {seconds!r} ".encode() + data).hexdigest()


def _cut_losses(connection: Connection, run_id: str, step: int) -> None:
    """Drop the losses of the steps after `step`, also where a chunk begins before it."""
    after = (losses.c.run == run_id) & (losses.c.first_step + losses.c.rows > step + 1)
    for row in connection.execute(select(losses).where(after)).all():
        here = (losses.c.run == run_id) & (losses.c.first_step == row.first_step)
        kept = step + 1 - row.first_step
        if kept <= 0:
            connection.execute(delete(losses).where(here))
        else:
            data = row.data[: kept * (len(row.data) // row.rows)]
            connection.execute(update(losses).where(here).values(rows=kept, data=data))
