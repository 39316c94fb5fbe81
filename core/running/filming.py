"""The making of a run's film: which weights are copied while it trains, and when they are drawn.

Copying and drawing each have a share of the time. Moments are drawn in the order of their steps; where that falls behind the training, the
newest one is drawn now and then, so that there is always something of the present; its header says that it is `ahead`. What still waits
when the training ends is drawn then, within a time that is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import nn

from core.experiment.experiment import Experiment
from core.loss.losses import Losses
from core.network.parameters import Vector
from core.running.display import FULL, MOMENT, Display, Drawn, State, glanced
from core.running.film import VISIBLE, Copy, Film, change, evenly, ranked
from core.running.shares import Share, Timer
from core.store.classical import Answer
from core.store.moments import Moment, pack
from core.training.devices import torch_device
from core.training.training import Snapshot

Array = NDArray[np.float64]

COPYING = 0.01
"""The share of the time that copies may take."""
DRAWING = 0.025
"""The share of the time that pictures may take, the first one apart."""
_AT_FIRST = 0.1  # seconds in which nothing but the first picture is drawn
_BEGINNING = 0.2  # seconds of drawing more, so that the first steps, at which most happens, are there when they are looked at
_CREDIT = 3e-3  # seconds of copying, so that the shortest runs have a film, too
_PREVIEW_EVERY = 0.5  # seconds
_PREVIEWS_AT_FIRST = 0.1  # seconds, in the first one
_LONGEST_LEAP = 32
_GLANCES = 0.4  # of the time at the end, at most, is spent on choosing


class Known(Protocol):
    """The losses that are known."""

    def of(self, step: int) -> NDArray[Any] | None:
        """The terms after `step` steps, (terms,)."""


class Filming:
    """Makes the film of one run, which goes on after `step`; `reference` is as in `Display`.

    `drawing` is the share of the time for pictures.
    """

    def __init__(self, run_id: str, experiment: Experiment, reference: Callable[[], Answer | None], step: int) -> None:
        self._run_id = run_id
        losses = Losses(experiment, torch_device(experiment.device))
        self._display = Display(experiment, losses, reference)
        self._film = Film(step)
        self._copying, self.drawing = Share(COPYING, credit=_CREDIT), Share(DRAWING, first=_AT_FIRST, credit=_BEGINNING)
        self._preview = Timer()
        self._preview.wait(_AT_FIRST)
        self._begun = time.monotonic()
        self._network: nn.Sequential | None = None
        self._picture: Array | None = None
        self._leap = 1  # copies to go on by: more where little changes

    def follow_on(self, fields: dict[str, Array]) -> None:
        """Go on after a moment that has these fields."""
        self._picture = self._display.live(self._display.solution(fields))

    def follow(self, snapshot: Snapshot) -> None:
        """Copy the weights of a snapshot if they are worth it."""
        film, step = self._film, snapshot.step
        if film.marked(step) or (film.wanted(step) and self._copying.left):
            if self._network is None:
                self._network = deepcopy(snapshot.network)
            with self._copying:
                film.take(snapshot)

    def ready(self, step: int) -> bool:
        """Tell whether there is something to draw, of a step before `step`, and time to draw it."""
        return self.drawing.left and self._film.before(step) is not None

    def first(self, snapshot: Snapshot) -> Moment:
        """The moment of the untrained network, drawn at once."""
        return self._moment(self._display.draw(State.of(snapshot), snapshot.losses.cpu().numpy(), MOMENT), "running")

    def next(self, step: int, known: Known) -> Moment | None:
        """The next moment, of a step before `step`: drawn if it can be told from the one before."""
        copy, newest = self._film.before(step), self._film.newest(step)
        assert copy is not None and newest is not None
        if self._preview.due and newest is not copy:
            return self._previewed(newest, known)
        changed = 1.0 if copy.marked else self._changed(self._glance(copy))
        self._film.drop(self._leap)
        self._leap = 1 if changed >= VISIBLE else min(2 * self._leap, _LONGEST_LEAP) if changed < VISIBLE / 4 else self._leap
        return self._drawn(copy, known) if changed >= VISIBLE else None

    def _previewed(self, newest: Copy, known: Known) -> Moment:
        """The newest moment; half of the time for pictures, at least, is left for those in the order of steps, however slow drawing is."""
        begun = time.monotonic()
        made = self._drawn(newest, known, ahead=True)
        now = time.monotonic()
        self._preview.wait(max(_PREVIEWS_AT_FIRST if now - self._begun < 1.0 else _PREVIEW_EVERY, 2 * (now - begun) / DRAWING))
        return made

    def rest(self, end: int, known: Known, seconds: float) -> list[Moment]:
        """The moments of steps before `end` that are still to be drawn: within `seconds` those first that change most, but one at least."""
        deadline = time.monotonic() + seconds
        copies, changes = self._worth(self._film.rest(end), deadline)
        drawn: dict[int, Drawn] = {}
        for place in ranked(changes):
            if drawn and time.monotonic() > deadline:
                break
            copy = copies[place]
            drawn[place] = self._display.draw(self._state(copy), known.of(copy.step), MOMENT)
        return [self._moment(drawn[place], "running") for place in sorted(drawn)]

    def last(
        self, snapshot: Snapshot, losses: NDArray[Any] | None, history: NDArray[Any], status: str
    ) -> tuple[Moment, bytes, dict[str, Any]]:
        """The moment in which a run is left, with its frame and its header, on the full grid."""
        drawn = self._display.draw(State.of(snapshot), losses, FULL)
        best = {} if snapshot.best_step is None else {"best": snapshot.best_step}
        frame = self._display.framed(drawn, history, {"run": self._run_id, "status": status, **best})
        return self._moment(drawn, status, **best), frame, drawn.header

    def left(self, step: int, known: Known, status: str) -> list[Moment]:
        """The newest moment of a step before `step`, in which a run is left that cannot go on; none where none waits."""
        newest = self._film.newest(step)
        return [] if newest is None else [self._drawn(newest, known, status=status)]

    def _drawn(self, copy: Copy, known: Known, *, status: str = "running", ahead: bool = False) -> Moment:
        before = self._picture
        more = {"ahead": True} if ahead else {}
        made = self._moment(self._display.draw(self._state(copy), known.of(copy.step), MOMENT), status, **more)
        if ahead:  # the next one in the order of steps is another
            self._picture = before
        return made

    def _moment(self, drawn: Drawn, status: str, **more: Any) -> Moment:
        """The packed moment; what comes next is compared with it."""
        picture = self._display.live(drawn.solution)
        changed = None if self._picture is None else change(self._picture, picture)
        self._picture = picture
        header = {**drawn.header, "run": self._run_id, "status": status, "change": changed, **more}
        return Moment(drawn.header["step"], changed, pack(header, drawn.fields))

    def _state(self, copy: Copy) -> State:
        """A copy as what is drawn: its weights are in a network that is there for that."""
        assert self._network is not None
        Vector.of(self._network).write(copy.values)
        return State(copy.step, copy.seconds, self._network, copy.weights, copy.end, copy.engine)

    def _glance(self, copy: Copy) -> Array:
        return self._display.glance(self._state(copy).network)

    def _changed(self, glance: Array) -> float:
        """The difference of a glance from the last picture, as far as glances tell; all, where there is no picture."""
        return 1.0 if self._picture is None else change(self._picture[glanced(len(self._picture))], glance)

    def _worth(self, copies: list[Copy], deadline: float) -> tuple[list[Copy], list[float]]:
        """The copies among some that are worth a picture, and how much each changed, as far as glances tell."""
        kept: list[Copy] = []
        changes: list[float] = []
        last = None if self._picture is None else self._picture[glanced(len(self._picture))]
        for copy in evenly(copies, self._glances(copies, deadline)):
            glance = self._glance(copy)
            changed = 1.0 if last is None else change(last, glance)
            if copy.marked or changed >= VISIBLE:
                kept.append(copy)
                changes.append(changed)
                last = glance
        return kept, changes

    def _glances(self, copies: list[Copy], deadline: float) -> int:
        """The number of copies that can be glanced at before `deadline`, with time left for pictures."""
        if not copies:
            return 0
        begun = time.monotonic()
        self._glance(copies[0])
        once = time.monotonic() - begun
        return max(1, int(_GLANCES * (deadline - begun) / max(once, 1e-6)))
