"""The time that a classical solver may take."""

from __future__ import annotations

import time

from core.errors import RunError


class Clock:
    """Runs from when it is made; a solver asks it in every loop."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the clock was made."""
        return time.monotonic() - self._begun

    @property
    def left(self) -> float:
        """Seconds until the limit."""
        return self.limit - self.seconds

    def check(self) -> None:
        """Raise `RunError` once the limit is over."""
        if self.left < 0:
            raise RunError("reference-too-slow", limit=f"{self.limit:g}")
