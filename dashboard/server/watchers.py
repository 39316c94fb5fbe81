"""Who looks at which run at the moment, as the requests of their browsers tell; kept in this process alone, as it is soon forgotten."""

from __future__ import annotations

import threading
import time

LASTS = 3.0
"""Seconds for which whoever asked for something of a run counts as looking."""

_lock = threading.Lock()
_seen: dict[tuple[str, str], float] = {}


def saw(run_id: str, visitor: str) -> None:
    """Note that a visitor looks at a run."""
    now = time.monotonic()
    with _lock:
        for known in [known for known, when in _seen.items() if now - when > LASTS]:
            del _seen[known]
        _seen[run_id, visitor] = now


def watched(run_id: str, but: str | None = None) -> bool:
    """Tell whether anybody looks at a run, the visitor `but` aside."""
    now = time.monotonic()
    with _lock:
        return any(run == run_id and who != but and now - when <= LASTS for (run, who), when in _seen.items())
