"""Runs as the store tells of them, how they are called, and how a worker holds one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_json

ENDINGS = ("paused", "stopped", "done", "diverged", "failed")
"""The ways in which a worker may leave a run; before, it is queued, then running."""
RESUMABLE = ("paused", "stopped", "failed")
OVER = tuple(status for status in ENDINGS if status not in RESUMABLE)
"""The ends of a run that cannot go on."""

LEASE = 3.0
"""Seconds that a lease lasts unless it is renewed."""
HEARTBEAT = 0.5
"""Seconds after which a worker renews its lease."""
SILENCE = 2.5 * HEARTBEAT
"""Seconds without a heartbeat after which a worker may be dead."""


def new_id() -> str:
    """An id that cannot be guessed, and that no command line takes for a flag."""
    while (made := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return made


@dataclass(frozen=True)
class Run:
    """A run as it stood when it was read. Times are seconds since 1970, UTC.

    `step` and `seconds` tell how far the training is, `steps` where it ends (None: by time alone), `version` counts its frames, `attempts`
    how often a worker has taken it up. `error` is {"code", "values"} where something went wrong. `visitor` asked for it, None where a
    program did. `parent` is the id of the run that it goes on from (which may be forgotten since), and `before` counts the steps of all its
    ancestors before its own step 0.
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
    visitor: str | None
    parent: str | None
    before: int
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
        return experiment_from_json(self.text)


@dataclass(frozen=True)
class Lease:
    """A worker's right to write to a run, until another has a higher token."""

    run_id: str
    token: int


@dataclass(frozen=True)
class Wishes:
    """What the pages want of a running run: to pause after step `pause_at`, to stop."""

    pause_at: int | None
    stop: bool


@dataclass(frozen=True)
class Device:
    """A device that a worker has."""

    name: str
    label: str
    worker: str
