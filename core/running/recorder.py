"""What a worker writes of a run while it trains: losses, progress, checkpoints, snapshots for replay, and frames for those who look.

Nothing here changes the training: it reads snapshots and decides when to write. Losses stay on the device between two writes, so that a GPU
is not waited for at every step. The reference is looked for in the store, where a solver puts it; the training does not wait for it, and
frames show it once it is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.errors import RunError
from core.experiment.experiment import Experiment
from core.loss.losses import Losses
from core.running.display import Display
from core.store import Lease, RunStore
from core.store.classical import Lookup
from core.store.frames import unpack
from core.store.moments import Moment
from core.training.devices import torch_device
from core.training.training import Snapshot

_DRAIN_EVERY = 0.25  # seconds
_DRAIN_EVERY_AT_FIRST = 0.05  # seconds, so that the page moves at once
_AT_FIRST = 1.0  # second
_FRAME_EVERY = 0.1  # seconds
_FRAME_SHARE = 0.05  # of the time, at most, is spent on frames
_CHECKPOINT_EVERY = 2.0  # seconds
_CHECKPOINT_SHARE = 0.05  # of the training time, whichever of the two is longer
_SNAPSHOTS_A_DECADE = 12


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
    """The loss terms of every step so far, (steps, terms), in an array that grows by doubling."""

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

    @property
    def rows(self) -> NDArray[np.float32]:
        return self._rows[: self._size]


class Timer:
    """Says when something is due again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock()

    @property
    def due(self) -> bool:
        return self._clock() >= self._next

    def wait(self, seconds: float) -> None:
        """Put off what is due until `seconds` from now."""
        self._next = self._clock() + seconds


def spaced(step: int) -> int:
    """The first step after `step` whose snapshot is kept for replay: 1, 2, …, then 12 a decade, evenly on a log axis."""
    return next(kept for power in count() if (kept := round(10 ** (power / _SNAPSHOTS_A_DECADE))) > step)


class Recorder:
    """Writes one run under one lease; goes on after `step` steps of which `rows` are the losses, (step, terms).

    Every method may raise what the store raises: `RunError` with the code `lease-lost` once another worker has taken over.
    """

    def __init__(self, store: RunStore, lease: Lease, experiment: Experiment, step: int, rows: NDArray[np.float32]) -> None:
        self._store, self._lease, self._experiment = store, lease, experiment
        self._history = History(rows[:step].reshape(-1, len(experiment.weights)))
        self._written = len(self._history.rows)
        self._pending: list[Tensor] = []
        self._display: Display | None = None
        self._reference = Lookup(store, experiment.problem, dict(experiment.values))
        self._begun = time.monotonic()
        self._drain, self._frame, self._checkpoint = Timer(), Timer(), Timer()
        self._checkpoint.wait(_CHECKPOINT_EVERY)
        self._drawn = False
        self._next_kept = spaced(step)

    def step(self, snapshot: Snapshot, watched: bool) -> None:
        """Take in one step and write what is due; raises `Diverged` once a loss is found that is not finite."""
        self._pending.append(snapshot.losses)
        kept = snapshot.step >= self._next_kept
        drawn = watched and self._frame.due
        saved = self._checkpoint.due
        if kept or drawn:
            self._collect()
            self._draw(snapshot, kept=kept, drawn=drawn)
        if saved or self._drain.due:
            self.drain(snapshot)
        if saved:
            self.checkpoint(snapshot)

    def drain(self, snapshot: Snapshot) -> None:
        """Write how far the run is, and the losses since the last time."""
        self._collect()
        rows = self._history.rows[self._written :]
        if len(rows):
            self._store.write_losses(self._lease, self._written + 1, rows)
            self._written += len(rows)
        self._store.progress(self._lease, snapshot.step, snapshot.seconds, snapshot.engine)
        early = time.monotonic() - self._begun < _AT_FIRST
        self._drain.wait(_DRAIN_EVERY_AT_FIRST if early else _DRAIN_EVERY)

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

    def checkpoint(self, snapshot: Snapshot) -> None:
        """Write all that the run needs to go on from here."""
        saved = snapshot.checkpoint()
        self._store.write_checkpoint(self._lease, saved.step, saved.seconds, saved.data)
        self._checkpoint.wait(max(_CHECKPOINT_EVERY, _CHECKPOINT_SHARE * snapshot.seconds))

    def end(self, snapshot: Snapshot, status: str) -> dict[str, Any]:
        """Write the frame in which a run is left, on the full grid, and keep it for replay where the run is done; what `finish` needs.

        A run that is done is scored: a reference that is still missing is computed here, within its limit of time. Whoever pauses or stops
        a run does not wait for that.
        """
        if status == "done" and self._reference() is None:
            self._store.write_moments(self._lease, [self._moment(snapshot, "running", full=True)])
            self._reference.insist()
        frame = self._picture(snapshot, status, full=True)
        self._store.write_frame(self._lease, frame)
        self._store.write_moments(self._lease, [self._moment(snapshot, status, full=True)])
        header, _ = unpack(frame)
        return {name: header[name] for name in ("step", "seconds", "loss", "losses", "relative_l2", "max_error")}

    def _draw(self, snapshot: Snapshot, *, kept: bool, drawn: bool) -> None:
        begun = time.monotonic()
        self._store.write_moments(self._lease, [self._moment(snapshot, "running")])
        if kept:
            self._next_kept = spaced(snapshot.step)
        cost = time.monotonic() - begun
        # The first picture also makes the grids, and may compute a reference that takes milliseconds; its cost says nothing about the next.
        self._frame.wait(max(_FRAME_EVERY, cost / _FRAME_SHARE) - cost if self._drawn else 0.0)
        self._drawn = True

    def _moment(self, snapshot: Snapshot, status: str, *, full: bool = False) -> Moment:
        losses = self._history.rows[-1] if len(self._history.rows) else None
        header = {"run": self._lease.run_id, "status": status, "change": None}
        return Moment(snapshot.step, None, self._shown.moment(snapshot, losses, header, full=full))

    def _picture(self, snapshot: Snapshot, status: str, *, full: bool = False) -> bytes:
        return self._shown.frame(snapshot, self._history.rows, {"run": self._lease.run_id, "status": status}, full=full)

    @property
    def _shown(self) -> Display:
        if self._display is None:
            losses = Losses(self._experiment, torch_device(self._experiment.device))
            self._display = Display(self._experiment, losses, self._reference)
        return self._display
