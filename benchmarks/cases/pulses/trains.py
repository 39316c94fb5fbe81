"""A train of steps as pieces between which it is constant."""

from __future__ import annotations

from benchmarks.witnesses.responses import Steps


def pieces(steps: Steps, end: float) -> list[tuple[float, float, float]]:
    """Each piece from 0 to `end`: its ends, and the level between them."""
    found, low, level = [], 0.0, 0.0
    for place, height in sorted(zip(steps.places, steps.heights, strict=True)):
        found.append((low, place, level))
        low, level = place, level + height
    return [*found, (low, end, level)]
