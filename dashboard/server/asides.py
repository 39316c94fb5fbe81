"""The runs that have stepped aside for others; kept in this process alone, as a run that was paused tells the rest by itself."""

from __future__ import annotations

_aside: set[str] = set()


def note(run_id: str) -> None:
    """Note that a run has stepped aside."""
    _aside.add(run_id)


def stepped(run_id: str) -> bool:
    """Tell whether a run that is paused has stepped aside for another."""
    return run_id in _aside


def forget(run_id: str) -> None:
    """Forget it: the run goes on, or is left for good."""
    _aside.discard(run_id)
