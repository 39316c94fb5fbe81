"""A contender's process, seen from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from benchmarks.steps.contenders import Contender


class Dropped(Exception):
    """A contender cannot go on; says why in its own last words."""


@dataclass(frozen=True)
class Turn:
    """A number of steps: their seconds on the clock and of the processor, and the loss at their end."""

    steps: int
    seconds: float
    processor: float
    loss: float

    @property
    def rate(self) -> float:
        """Steps a second."""
        return self.steps / self.seconds


class Process:
    """One contender at one workload; it imports and builds while others do."""

    def __init__(self, contender: Contender, workload: str, *, tiny: bool = False) -> None:
        asked = [contender.module, contender.variant, workload, *(["--tiny"] if tiny else [])]
        self._words = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  closed by `end`
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.steps.serving", *asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            text=True,
            env={**os.environ, **contender.environment},
        )

    def take(self, steps: int) -> Turn:
        """Take so many steps; raises `Dropped` where that fails."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            print(steps, file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self._process.wait()
            raise Dropped(self._complaint())
        return Turn(steps, **json.loads(answer))

    def end(self) -> None:
        """End the process, also where it hangs in what it does."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdout.close()
            self._process.stdin.close()
            self._process.wait(timeout=5)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._words.close()

    def _complaint(self) -> str:
        self._words.seek(0)
        lines = [line.strip() for line in self._words.read().splitlines() if line.strip()]
        errors = [line for line in lines if "Error: " in line[:60]]
        return (errors or lines or [f"ended with code {self._process.returncode}"])[-1].replace("|", "/")
