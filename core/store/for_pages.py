"""What pages do with runs: make them, read them, wish."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case, delete, func, insert, literal, or_, select

from core.errors import InputError
from core.experiment import continuation
from core.experiment.checkpoint import Checkpoint
from core.experiment.experiment import Experiment
from core.store.checkpoints import add_checkpoint, newest_checkpoint
from core.store.database import Database
from core.store.film import Numbered, all_of, moment_of, moments_after, newest_number, steps_of
from core.store.losses import block_of
from core.store.moments import VALIDATION, header_of
from core.store.records import LEASE, OVER, SILENCE, Device, Run, new_id
from core.store.rows import RUNS, change, lost, one, run_of
from core.store.tables.schema import PARTS, frames, losses, runs, workers

_SEEN = 15.0  # seconds for which a worker's devices count as there
_NAMED = 3
"""Runs that a message names."""


@dataclass(frozen=True)
class Origin:
    """A run that another goes on from, and its newest checkpoint; None where it is at its beginning."""

    run: Run
    reached: Checkpoint | None

    @property
    def step(self) -> int:
        return self.reached.step if self.reached else 0

    def key(self, experiment: Experiment) -> str:
        """The key of the continuation by this experiment."""
        return continuation.key(experiment, self.run.key, self.step, best=self.run.status == "done")

    def handed_on(self, experiment: Experiment) -> Checkpoint | None:
        """The checkpoint with which the continuation begins."""
        return None if self.reached is None else continuation.handed_on(self.run.experiment, experiment, self.reached)


class ForPages:
    """The pages' side of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        experiment: Experiment,
        *,
        pause_at: int | None = None,
        interactive: bool = True,
        visitor: str | None = None,
        parent: str | None = None,
        status: str = "queued",
    ) -> Run:
        """A new run that `visitor` asks for, to pause after `pause_at` steps; interactive ones go before others.

        With a `parent`, a run's id, it is a continuation: it begins with what that run's newest checkpoint hands on
        (`core/experiment/continuation.py`), and until it has a frame of its own it shows that of its parent. A parent without a checkpoint
        is at its beginning, and so is the continuation. Raises `InputError` where the experiment's network is not of the parent's shape. A
        run that is not to begin by itself has the status `paused` or `stopped`.
        """
        origin = None if parent is None else self._origin(parent, experiment)
        made = {
            "id": new_id(),
            "key": experiment.key if origin is None else origin.key(experiment),
            "status": status,
            "visitor": visitor,
            "parent": parent,
            "before": 0 if origin is None else origin.run.before + origin.step,
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
        run_id = str(made["id"])
        begun = None if origin is None else origin.handed_on(experiment)
        with self._database.write(durable=True) as connection:
            connection.execute(insert(runs).values(made))
            if begun is not None:
                add_checkpoint(connection, run_id, begun)
                shown = select(literal(run_id), literal(1), frames.c.data).where(frames.c.run == parent)
                connection.execute(insert(frames).from_select(["run", "version", "data"], shown))
            return run_of(one(connection, run_id))

    def continuation(self, parent: str, experiment: Experiment, visitor: str | None = None) -> Run | None:
        """The run that goes on with this experiment from where `parent`, a run's id, has come to, if there is one.

        Of several it is the one that `latest` gives. Raises `InputError` as `create` does.
        """
        return self.latest(self._origin(parent, experiment).key(experiment), visitor)

    def get(self, run_id: str) -> Run:
        """One run; raises `InputError` where there is none of that id."""
        with self._database.read() as connection:
            return run_of(one(connection, run_id))

    def find(self, name: str) -> Run:
        """The run whose id is `name`, or the only one whose id begins so; raises `InputError` where there is none, or are several."""
        beginning = select(runs.c.id).where(runs.c.id.startswith(name, autoescape=True)).order_by(runs.c.number.desc())
        with self._database.read() as connection:
            found = [known for known in connection.scalars(beginning) if known.startswith(name)]  # SQLite takes A for a
            if name not in found and len(found) > 1:
                raise InputError("ambiguous-run", run=name, count=len(found), known=", ".join(found[:_NAMED]))
            return run_of(one(connection, found[0] if len(found) == 1 else name))

    def latest(self, key: str, visitor: str | None = None) -> Run | None:
        """The newest run of a key; to a `visitor` ("": a program), one that another has left half-way only where there is no other."""
        left = runs.c.status.in_(("paused", "stopped")) & (func.coalesce(runs.c.visitor, "") != visitor)
        order = [runs.c.number.desc()] if visitor is None else [case((left, 1), else_=0), runs.c.number.desc()]
        with self._database.read() as connection:
            row = connection.execute(RUNS.where(runs.c.key == key).order_by(*order).limit(1)).first()
        return run_of(row) if row else None

    def runs(self, limit: int = 100) -> list[Run]:
        """The newest runs, newest first."""
        with self._database.read() as connection:
            return [run_of(row) for row in connection.execute(RUNS.order_by(runs.c.number.desc()).limit(limit))]

    def working(self) -> list[Run]:
        """The runs that train or wait for a worker, in the order in which they get one: those that train, then as `claimable` says."""
        order = [case((runs.c.status == "running", 0), else_=1), runs.c.interactive.desc(), runs.c.number]
        with self._database.read() as connection:
            rows = connection.execute(RUNS.where(runs.c.status.in_(("queued", "running"))).order_by(*order))
            return [run_of(row) for row in rows]

    def paused(self, visitor: str, since: float) -> list[Run]:
        """The runs that a visitor asked for and that paused after `since`, in seconds since 1970; the last one first."""
        own = (runs.c.status == "paused") & (runs.c.visitor == visitor) & (runs.c.finished >= since)
        with self._database.read() as connection:
            return [run_of(row) for row in connection.execute(RUNS.where(own).order_by(runs.c.finished.desc()))]

    def claimable(self, now: float | None = None) -> list[Run]:
        """The runs that wait for a worker, or whose worker has not been heard of; interactive ones first, then the oldest."""
        lost = (runs.c.status == "running") & (runs.c.leased_until < (time.time() if now is None else now))
        waiting = RUNS.where(or_(runs.c.status == "queued", lost)).order_by(runs.c.interactive.desc(), runs.c.number)
        with self._database.read() as connection:
            return [run_of(row) for row in connection.execute(waiting)]

    def silent(self, run_id: str) -> bool:
        """Whether a run waits for a worker, or its worker has left out at least two heartbeats.

        Its lease then ends sooner than that of one that lives.
        """
        return any(run.id == run_id for run in self.claimable(time.time() + LEASE - SILENCE))

    def pause(self, run_id: str) -> None:
        """Have a run pause as soon as it can; one that is over stays as it is."""
        self._wish(run_id, ("queued", "running"), "paused", pause_at=0)

    def stop(self, run_id: str) -> None:
        """Have a run stop as soon as it can; one that is over stays as it is."""
        self._wish(run_id, ("queued", "running", "paused"), "stopped", stop=True)

    def resume(self, run_id: str, pause_at: int | None = None, visitor: str | None = None) -> None:
        """Have a run go on, up to step `pause_at`; raises `InputError` for one that has come to its own end.

        A run that had been left belongs, from then on, to the `visitor` who asks for it, if one does.

        One that still runs forgets earlier wishes, also where its worker has begun to obey them.
        """
        with self._database.write(durable=True) as connection:
            status = connection.scalar(select(runs.c.status).where(runs.c.id == run_id).with_for_update())
            if status is None:
                raise InputError("unknown-run", run=run_id)
            if status in OVER:
                raise InputError("run-ended", run=run_id, status=status)
            going: dict[str, Any] = {"resumed": True} if status == "running" else {"status": "queued", "finished": None, "error": None}
            if visitor is not None and status != "running":
                going["visitor"] = visitor
            connection.execute(change(run_id).values(pause_at=pause_at, stop=False, **going))

    def delete(self, run_id: str) -> None:
        """Forget a run; its worker, if any, finds its lease lost."""
        with self._database.write(durable=True) as connection:
            if not connection.execute(delete(runs).where(runs.c.id == run_id)).rowcount:
                raise InputError("unknown-run", run=run_id)
            for part in PARTS:
                connection.execute(delete(part).where(part.c.run == run_id))

    def frame(self, run_id: str, since: int = -1) -> tuple[int, bytes] | None:
        """The newest frame and its version, or None where there is none newer than `since`."""
        newer = select(frames.c.version, frames.c.data).where(frames.c.run == run_id, frames.c.version > since)
        with self._database.read() as connection:
            row = connection.execute(newer).first()
        return (row.version, row.data) if row else None

    def losses(self, run_id: str) -> NDArray[np.float32]:
        """The loss terms so far, (rows, terms): row k, from 0, has those of the weights after k steps."""
        with self._database.read() as connection:
            rows = connection.execute(select(losses).where(losses.c.run == run_id).order_by(losses.c.first))
            chunks = [block_of(row) for row in rows]
        return np.concatenate(chunks) if chunks else np.empty((0, len(self.get(run_id).experiment.terms)), np.float32)

    def moments(self, run_id: str, after: int = 0, most: int = 64, size: int = 4_000_000) -> list[Numbered]:
        """The moments of a run's film numbered above `after`, (number, step, bytes) each, in order of number.

        At most so many, and no more bytes than `size`, unless the first alone has more.
        """
        with self._database.read() as connection:
            return moments_after(connection, run_id, after, most, size)

    def newest_moment(self, run_id: str) -> int:
        """The largest number of a run's moments; 0 where it has none."""
        with self._database.read() as connection:
            return newest_number(connection, run_id)

    def held_out(self, run_id: str) -> dict[int, float]:
        """The loss at data that are held out, by the step, as far as there are moments; without that of the best network, at the end."""
        headers = [header_of(self.moment(run_id, step)) for step in self.steps(run_id)]
        return {header["step"]: header[VALIDATION] for header in headers if header.get(VALIDATION) is not None and "best" not in header}

    def steps(self, run_id: str) -> list[int]:
        """The steps of which there is a moment, in their order."""
        with self._database.read() as connection:
            return steps_of(connection, run_id)

    def moment(self, run_id: str, step: int) -> bytes:
        """The moment of a step; raises `InputError` where there is none."""
        with self._database.read() as connection:
            data = moment_of(connection, run_id, step)
        if data is None:
            raise InputError("unknown-moment", run=run_id, step=step)
        return data

    def headers(self, run_id: str) -> list[dict[str, Any]]:
        """The headers of all moments, step by step: when each was, and how good the network was."""
        with self._database.read() as connection:
            return [header_of(data) for data in all_of(connection, run_id)]

    def checkpoint(self, run_id: str) -> Checkpoint | None:
        """The newest checkpoint that is whole."""
        with self._database.read() as connection:
            return newest_checkpoint(connection, run_id)

    def devices(self) -> tuple[Device, ...]:
        """The devices of the workers seen lately."""
        recent = select(workers).where(workers.c.seen > time.time() - _SEEN).order_by(workers.c.worker)
        with self._database.read() as connection:
            rows = connection.execute(recent).all()
        return tuple(Device(name, label, row.worker) for row in rows for name, label in json.loads(row.devices).items())

    def _origin(self, parent: str, experiment: Experiment) -> Origin:
        """The run from which `experiment` may go on; raises `InputError` where there is no such run, or its network is another."""
        run = self.get(parent)
        continuation.check(run.experiment, experiment)
        return Origin(run, self.checkpoint(parent))

    def _wish(self, run_id: str, before: tuple[str, ...], status: str, **wish: Any) -> None:
        """Note a wish for the worker of a run; where nobody works on it and its status is one of `before`, make it `status` at once."""
        with self._database.write(durable=True) as connection:
            row = connection.execute(select(runs.c.status, runs.c.leased_until).where(runs.c.id == run_id).with_for_update()).first()
            if row is None:
                raise InputError("unknown-run", run=run_id)
            if row.status == "running" and not lost(row, time.time()):
                connection.execute(change(run_id).values(resumed=False, **wish))
            elif row.status in before:
                connection.execute(change(run_id).values(status=status, finished=time.time()))
