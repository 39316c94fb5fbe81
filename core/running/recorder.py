"""The record that a worker writes of a run while it trains: losses, progress, checkpoints, and the moments of its film.

Nothing here changes the training: it reads snapshots and decides when to write. Losses stay on the device between two writes, so that a GPU
is not waited for at every step. The reference is looked for in the store, where a solver puts it; the training does not wait for it, and
moments show it once it is there.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.errors import RunError, TangenteError
from core.experiment.experiment import Experiment
from core.loss import intervals
from core.running.filming import Filming
from core.running.shares import Timer
from core.store import Lease, RunStore
from core.store.classical import Lookup
from core.store.moments import Moment, unpack
from core.training.training import Snapshot

_DRAIN_EVERY = 0.25  # seconds
_DRAIN_EVERY_AT_FIRST = 0.1  # seconds, so that the page moves at once
_AT_FIRST = 1.0  # second
_TOGETHER = 64  # moments that are written at once
_REST = 1.0  # second in which the film of a run that is done is completed
_REST_AT_REST = 0.3  # seconds, of one that is paused or stopped
_CHECKPOINT_EVERY = 2.0  # seconds
_CHECKPOINT_SHARE = 0.05  # of the training time, whichever of the two is longer


class Diverged(Exception):
    """A loss that is not finite, first at `step`."""

    def __init__(self, step: int) -> None:
        super().__init__(step)
        self.step = step

    def told(self, experiment: Experiment) -> RunError:
        """The error that tells it, with such advice as the run's settings leave room for."""
        rate = "adam" in [stage.method for stage in experiment.stages]
        digits = experiment.precision == "float32" and experiment.device != "mps"  # an Apple GPU has no float64
        code = "diverged" + ("-rate" if rate else "") + ("-digits" if digits else "")
        values: dict[str, Any] = {"rate": f"{experiment.learning_rate:g}"} if rate else {}
        return RunError(code, step=self.step, **values)


class History:
    """The loss terms so far, (rows, terms), in an array that grows by doubling: row k has those of the weights after k steps."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._rows, self._size = rows.astype(np.float32), len(rows)

    def append(self, rows: NDArray[np.float32]) -> None:
        size = self._size + len(rows)
        if size > len(self._rows):
            grown = np.empty((2 * size, rows.shape[1]), np.float32)
            grown[: self._size] = self.rows
            self._rows = grown
        self._rows[self._size : size] = rows
        self._size = size

    def of(self, step: int) -> NDArray[np.float32] | None:
        """The terms after `step` steps, (terms,), where they are known."""
        return self._rows[step] if step < self._size else None

    @property
    def rows(self) -> NDArray[np.float32]:
        return self._rows[: self._size]


class Recorder:
    """Writes one run under one lease; goes on after `step` steps, with `rows` of losses, (rows, terms), those of the weights before `step`.

    Every method may raise what the store raises: `RunError` with the code `lease-lost` once another worker has taken over.
    """

    def __init__(self, store: RunStore, lease: Lease, experiment: Experiment, step: int, rows: NDArray[np.float32]) -> None:
        self._store, self._lease, self._experiment = store, lease, experiment
        self._history = History(rows[:step].reshape(-1, len(experiment.weights)))
        self._written = len(self._history.rows)
        self._pending: list[Tensor] = []
        self._made: list[Moment] = []
        self._reference = Lookup(store, experiment.problem, dict(experiment.values))
        self._filming = Filming(lease.run_id, experiment, self._reference, step)
        if step > 0 and (steps := store.steps(lease.run_id)):
            self._filming.follow_on(unpack(store.moment(lease.run_id, steps[-1]))[1])
        self._begun = time.monotonic()
        self._drain, self._checkpoint = Timer(), Timer()
        self._checkpoint.wait(_CHECKPOINT_EVERY)

    def step(self, snapshot: Snapshot) -> None:
        """Take in one step and write what is due; raises `Diverged` once a loss is found that is not finite."""
        if snapshot.before is None:
            self._made.append(self._filming.first(snapshot))
            self._show()
        else:
            self._pending.append(snapshot.before)
            self._filming.follow(snapshot)
        if self._filming.ready(snapshot.step):
            self._draw(snapshot.step)
        saved = self._checkpoint.due
        if saved or self._drain.due:
            self.drain(snapshot)
        if saved:
            self.checkpoint(snapshot)

    def drain(self, snapshot: Snapshot) -> None:
        """Write how far the run is, and the losses and moments since the last time."""
        self._collect()
        rows, made = self._history.rows[self._written :], self._made[:_TOGETHER]
        progress = (snapshot.step, snapshot.seconds, snapshot.engine)
        self._store.report(self._lease, *progress, first=self._written + 1, rows=rows, made=made)
        self._written += len(rows)
        del self._made[:_TOGETHER]
        early = time.monotonic() - self._begun < _AT_FIRST
        self._drain.wait(_DRAIN_EVERY_AT_FIRST if early else _DRAIN_EVERY)

    def checkpoint(self, snapshot: Snapshot) -> None:
        """Write all that the run needs to go on from here."""
        saved = snapshot.checkpoint()
        self._store.write_checkpoint(self._lease, saved.step, saved.seconds, saved.data)
        self._checkpoint.wait(max(_CHECKPOINT_EVERY, _CHECKPOINT_SHARE * snapshot.seconds))

    def settle(self, snapshot: Snapshot) -> None:
        """Take in the losses of the last weights, which no step computes any more, and write all losses."""
        self.drain(snapshot)
        last = snapshot.losses.to("cpu", torch.float32).numpy()
        if np.isfinite(last).all():
            self._history.append(last[None])
            self.drain(snapshot)

    def end(self, snapshot: Snapshot, status: str) -> dict[str, Any]:
        """End the film with the moment in which a run is left, on the full grid; what `finish` needs.

        A run that is done is scored: a reference that is still missing is computed here, within its limit of time. Whoever pauses or stops
        a run does not wait for that.
        """
        self._finish_film(snapshot.step, _REST if status == "done" else _REST_AT_REST)
        losses = self._losses_of(snapshot, status)
        if status == "done" and self._reference() is None:
            self._store.write_moments(self._lease, [self._filming.last(snapshot, losses, self._history.rows, "running")[0]])
            self._reference.insist()
        moment, frame, header = self._filming.last(snapshot, losses, self._history.rows, status)
        self._store.write_moments(self._lease, [moment])
        self._store.write_frame(self._lease, frame)
        result = {name: header[name] for name in ("step", "seconds", "loss", "losses", "relative_l2", "max_error")}
        return {**result, "estimates": self._found(snapshot, status)}

    def _found(self, snapshot: Snapshot, status: str) -> dict[str, Any]:
        """The constants that the run has found, with intervals once it is done."""
        found = intervals.found if status == "done" else intervals.bare
        return {name: item.plain() for name, item in found(self._experiment, snapshot.network).items()}

    def leave(self, step: int, status: str) -> None:
        """End the film of a run that cannot go on, as far as that can still be written."""
        with suppress(TangenteError):
            self._made += self._filming.left(step, self._history, status)
            self._show()

    def _losses_of(self, snapshot: Snapshot, status: str) -> NDArray[Any] | None:
        """The terms of a snapshot's weights; where they are not finite, the last that were."""
        if status == "diverged":
            return self._history.rows[-1] if len(self._history.rows) else None
        return snapshot.losses.to("cpu", torch.float32).numpy()

    def _finish_film(self, step: int, seconds: float) -> None:
        """Draw what still waits to be drawn, of steps before `step`, within `seconds`."""
        self._made += self._filming.rest(step, self._history, seconds)
        self._show()

    def _draw(self, step: int) -> None:
        """Draw the next moment if it is worth it."""
        with self._filming.drawing:
            self._collect()
            moment = self._filming.next(step, self._history)
            self._made += [] if moment is None else [moment]

    def _show(self) -> None:
        """Write the moments that have been drawn."""
        while made := self._made[:_TOGETHER]:
            self._store.write_moments(self._lease, made)
            del self._made[:_TOGETHER]

    def _collect(self) -> None:
        """Fetch the losses since the last time from the device; raises `Diverged` where one is not finite, and takes none from there on."""
        if not self._pending:
            return
        block = torch.stack(self._pending).to("cpu", torch.float32).numpy()  # (steps, terms)
        finite = np.isfinite(block).all(axis=1)
        good = block if finite.all() else block[: int(finite.argmin())]
        self._pending.clear()
        self._history.append(good)
        if len(good) < len(block):
            raise Diverged(len(self._history.rows) + 1)
