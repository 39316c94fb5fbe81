"""Errands: programs that run in processes of their own, one at a time, and tell how they fare in JSON objects, one a line.

Whatever such a program does, crash, hang or talk without end, harms nobody but itself.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from core.errands.surroundings import ONE_THREAD, ROOT
from core.errors import RunError

SILENCE = 300.0
"""Seconds without a word after which a program counts as hanging: some compile for a minute before their first step, on an idle machine."""
MOST_EVENTS = 5_000
"""The number of events that a program may tell."""
LONGEST = 1_000_000
"""Characters that a line may have."""
_TAIL = 2000
"""Characters of what a program complained of last that are kept."""

Event = dict[str, Any]

_timed, _untimed = threading.Lock(), threading.Lock()
"""Whose turn it is: what is timed at the same time measures the other. What is not timed need not wait for that, and has its own."""


@dataclass(frozen=True)
class Errand:
    """A module to be run with its arguments by `python`: this process's own, or another interpreter."""

    who: str
    module: str
    arguments: tuple[str, ...] = ()
    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=dict)

    def start(self, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
        """The process; it ends when its standard input closes, and works with one thread. Raises `OSError`."""
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), **self.environment}
        command = [self.python, "-m", self.module, *self.arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, env=environment, cwd=ROOT)


class Batch:
    """Errands that are run in turn by a thread; what they tell can be read meanwhile, by any thread. `timed`: they take times.

    Every event says `who` it is of and which `event` it is: what the program told, or `started`; `failed` with the `code` and the
    `values` of an error, and what the program `complained` of last; `ended`, in any case. The last one is `over`, of nobody, which says
    whether the batch was `stopped`.
    """

    def __init__(self, errands: Sequence[Errand], silence: float = SILENCE, *, timed: bool = True) -> None:
        self._turn = _timed if timed else _untimed
        self.id = secrets.token_urlsafe(12)
        self.errands = tuple(errands)
        self._silence = silence
        self._events: list[Event] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = time.monotonic()
        self._thread = threading.Thread(target=self._work, name=f"errands-{self.id}", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the batch has more to tell."""
        with self._lock:
            return not self._events or self._events[-1]["event"] != "over"

    def events(self, since: int = 0) -> list[Event]:
        """What has been told, from number `since` on."""
        with self._lock:
            return self._events[since:]

    def stop(self) -> None:
        """End what runs now, and begin nothing more."""
        self._stopped.set()
        self._kill()

    def wait(self, timeout: float | None = None) -> None:
        """Wait for the end."""
        self._thread.join(timeout)

    def _work(self) -> None:
        try:
            for errand in self.errands:
                if not self._take_turn():
                    break
                try:
                    self._do(errand)
                finally:
                    self._turn.release()
        finally:
            self._tell("", {"event": "over", "stopped": self._stopped.is_set()})

    def _do(self, errand: Errand) -> None:
        """Run one, and tell how it began and ended."""
        self._tell(errand.who, {"event": "started"})
        with tempfile.TemporaryFile() as complaints:
            error = self._run(errand, complaints)
            if error and not self._stopped.is_set():
                complaints.seek(0)
                said = complaints.read()[-_TAIL:].decode(errors="replace")
                self._tell(errand.who, {"event": "failed", "code": error.code, "values": error.values, "complained": said})
        self._tell(errand.who, {"event": "ended"})

    def _take_turn(self) -> bool:
        """Wait until no other batch runs anything; False where this one was stopped."""
        while not self._stopped.is_set():
            if self._turn.acquire(timeout=0.1):
                return True
        return False

    def _run(self, errand: Errand, complaints: IO[bytes]) -> RunError | None:
        """Run one to its end, however it ends; what went wrong, if anything did."""
        try:
            process = errand.start(complaints)
        except OSError as refused:
            return RunError("errand-not-started", reason=str(refused))
        self._process, self._heard = process, time.monotonic()
        watching = threading.Thread(target=self._watch, args=(process,), daemon=True)
        watching.start()
        if self._stopped.is_set():  # between two errands
            self._kill()
        error = self._listen(errand.who, process)
        self._kill()
        code = process.wait()
        watching.join()
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()
        if error is None and time.monotonic() - self._heard > self._silence:
            return RunError("errand-silent", seconds=f"{self._silence:g}")
        return error or (RunError("errand-crashed", exit=code) if code else None)

    def _listen(self, who: str, process: subprocess.Popen[bytes]) -> RunError | None:
        """Take down what it tells until it has no more to tell; what went wrong where it is heard no longer."""
        assert process.stdout is not None
        told = 0
        while line := process.stdout.readline(LONGEST):
            self._heard = time.monotonic()
            try:
                event = json.loads(line)
            except ValueError:
                continue  # frameworks print what they like
            if not isinstance(event, dict) or not isinstance(event.get("event"), str):
                continue
            told += 1
            if told > MOST_EVENTS:
                return RunError("errand-endless", events=MOST_EVENTS)
            self._tell(who, event)
        return None

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """End a process that says nothing for too long."""
        while process.poll() is None:
            if time.monotonic() - self._heard > self._silence:
                process.kill()
                return
            time.sleep(0.1)

    def _kill(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            try:
                process.wait(0.5 if not self._stopped.is_set() else 0.0)
            except subprocess.TimeoutExpired:
                process.kill()

    def _tell(self, who: str, event: Event) -> None:
        with self._lock:
            self._events.append({**event, "who": who})
