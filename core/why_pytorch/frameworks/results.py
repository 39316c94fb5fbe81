"""What a race comes to, read from its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """One framework's race, once it is over: the step rate, the seconds that its first step took, and whether it followed the change.

    `rebuild` are the seconds after which one that did not follow had a new step; None where it followed or cannot rebuild.
    """

    name: str
    steps_per_second: float
    first_step: float
    follows: bool
    rebuild: float | None


def results(events: Iterable[Mapping[str, Any]]) -> dict[str, Result]:
    """The results of those that have finished, by name."""
    told: dict[str, dict[str, Mapping[str, Any]]] = {}
    for event in events:
        told.setdefault(event["who"], {})[event["event"]] = event
    return {
        who: Result(
            who,
            float(said["done"]["steps_per_second"]),
            float(said["built"]["seconds"]),
            bool(said["changed"]["follows"]),
            said["changed"]["rebuild"],
        )
        for who, said in told.items()
        if {"built", "changed", "done"} <= said.keys()
    }
