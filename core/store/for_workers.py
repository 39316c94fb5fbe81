"""What workers do with runs: take them up, write what comes of them, leave them.

A worker holds a run by a lease that it renews. Each lease has a higher token than all before it, and every write of a worker checks its
token in the same transaction, so that a worker that was taken for dead can no longer change anything. Leases end by the wall clock, the
only one that processes and machines share; where it is set forward a lease may end early, which costs the work since the last checkpoint
and nothing else, as the run then goes on from there and gives the same numbers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sqlalchemy import Connection, delete, insert, or_, select, update

from core.errors import InputError, RunError
from core.experiment.checkpoint import Checkpoint
from core.files.plain import finite, to_json
from core.store.checkpoints import add_checkpoint, newest_checkpoint
from core.store.database import Database
from core.store.film import add_moments, cut_film
from core.store.losses import add_losses, cut_losses
from core.store.moments import Moment
from core.store.records import ENDINGS, LEASE, Device, Lease, Wishes
from core.store.rows import change, lost
from core.store.tables.schema import checkpoints, frames, runs, workers

_FORGOTTEN = 86_400.0  # seconds after which a worker that was not seen is forgotten


class ForWorkers:
    """The workers' side of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lease(self, run_id: str, owner: str) -> Lease | None:
        """Take up a run that is queued, or whose worker has not been heard of; None where it is neither.

        The run stands again where its newest checkpoint that is whole leaves it; the losses and moments after that are forgotten, as they
        will be written again, the same.
        """
        with self._database.write(durable=False) as connection:
            row = connection.execute(
                select(runs.c.status, runs.c.token, runs.c.leased_until, runs.c.started).where(runs.c.id == run_id).with_for_update()
            ).first()
            if row is None:
                raise InputError("unknown-run", run=run_id)
            now = time.time()
            if row.status != "queued" and not lost(row, now):
                return None
            saved = newest_checkpoint(connection, run_id)
            step, seconds = (saved.step, saved.seconds) if saved else (0, 0.0)
            connection.execute(delete(checkpoints).where(checkpoints.c.run == run_id, checkpoints.c.step > step))
            cut_losses(connection, run_id, step + 1, None)
            cut_film(connection, run_id, step)
            held = {"status": "running", "token": row.token + 1, "owner": owner, "leased_until": now + LEASE, "resumed": False}
            connection.execute(change(run_id).values(started=row.started or now, step=step, seconds=seconds, **held))
        return Lease(run_id, row.token + 1)

    def wishes(self, lease: Lease) -> Wishes | None:
        """The wishes of the pages, read without holding the run for longer; None once another worker has taken over."""
        asked = select(runs.c.pause_at, runs.c.stop).where(runs.c.id == lease.run_id, runs.c.token == lease.token)
        with self._database.read() as connection:
            row = connection.execute(asked).first()
        return None if row is None else Wishes(row.pause_at, row.stop)

    def renew(self, lease: Lease) -> Wishes:
        """Hold a run for three seconds more, and learn what the pages wish."""
        with self._held(lease) as connection:
            connection.execute(change(lease.run_id).values(leased_until=time.time() + LEASE))
            row = connection.execute(select(runs.c.pause_at, runs.c.stop).where(runs.c.id == lease.run_id)).one()
        return Wishes(row.pause_at, row.stop)

    def write_losses(self, lease: Lease, first: int, rows: ArrayLike) -> None:
        """Keep rows of loss terms, (rows, terms), from number `first` on, counted from 1, in place of what was written there before.

        Row number n has the losses of the weights after n − 1 steps.
        """
        with self._held(lease) as connection:
            _put_losses(connection, lease.run_id, first, rows)

    def write_moments(self, lease: Lease, made: Sequence[Moment]) -> None:
        """Add moments to the run's film, each in place of one of the same step.

        Of more than 20 MB those are dropped that are nearest to their neighbours, never the first or the last.
        """
        with self._held(lease) as connection:
            add_moments(connection, lease.run_id, made)

    def write_checkpoint(self, lease: Lease, step: int, seconds: float, data: bytes) -> None:
        """Keep a checkpoint, and the one before it; durable when this returns.

        Above 50 MB only one is kept; above 100 MB none, and `RunError` is raised.
        """
        with self._held(lease, durable=True) as connection:
            add_checkpoint(connection, lease.run_id, Checkpoint(step, seconds, data))

    def write_frame(self, lease: Lease, data: bytes) -> None:
        """Keep a frame in place of the one before."""
        with self._held(lease) as connection:
            mine = frames.c.run == lease.run_id
            if not connection.execute(update(frames).where(mine).values(version=frames.c.version + 1, data=data)).rowcount:
                connection.execute(insert(frames).values(run=lease.run_id, version=1, data=data))

    def report(
        self, lease: Lease, step: int, seconds: float, engine: str, *, first: int, rows: ArrayLike, made: Sequence[Moment] = ()
    ) -> None:
        """Do what `progress`, `write_losses` and `write_moments` do, at once: it costs little more than one of them."""
        with self._held(lease) as connection:
            connection.execute(change(lease.run_id).values(step=step, seconds=seconds, engine=engine))
            _put_losses(connection, lease.run_id, first, rows)
            add_moments(connection, lease.run_id, made)

    def progress(self, lease: Lease, step: int, seconds: float, engine: str) -> None:
        """Tell how far the run is, steps and seconds of training, and by which engine."""
        with self._held(lease) as connection:
            connection.execute(change(lease.run_id).values(step=step, seconds=seconds, engine=engine))

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
                connection.execute(change(lease.run_id).values(finished=time.time(), pause_at=None, stop=False))
            texts = {name: to_json(value) for name, value in result.items()}
            left = {"status": status, "owner": None, "leased_until": None}
            connection.execute(change(lease.run_id).values(step=step, seconds=seconds, loss=finite(loss), **left, **texts))

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


def _put_losses(connection: Connection, run_id: str, first: int, rows: ArrayLike) -> None:
    """Put rows of loss terms, (rows, terms), from number `first` on in place of what was there."""
    block = np.ascontiguousarray(rows, "<f4")
    if len(block):
        cut_losses(connection, run_id, first, first + len(block))
        add_losses(connection, run_id, first, block)
