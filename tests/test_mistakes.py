"""Mistakes made on purpose in PyTorch, in a real process: what is told of each."""

from __future__ import annotations

import pytest

from core.errands import Batch, Errand, Event
from core.frameworks import mistakes


@pytest.fixture(scope="module")
def told() -> list[Event]:
    batch = Batch([Errand("pytorch", "core.frameworks.mistakes", ("pytorch",))])
    batch.wait(120)
    return batch.events()


def by_name(told: list[Event]) -> dict[str, Event]:
    return {event["name"]: event for event in told if event["event"] == "mistake"}


def test_all_are_made_and_none_ends_the_errand(told: list[Event]) -> None:
    assert list(by_name(told)) == list(mistakes.MISTAKES)
    assert not [event for event in told if event["event"] == "failed"]


def test_an_error_is_told_with_its_line(told: list[Event]) -> None:
    found = by_name(told)["shape"]
    assert found["raised"] == "RuntimeError" and "size of tensor" in found["message"] and found["built"]
    assert found["line"].startswith("return second + forcing[:-1]") and found["loss"] is None


def test_a_wrong_number_is_told_as_one(told: list[Event]) -> None:
    found = by_name(told)
    assert found["nan"]["raised"] is None and found["nan"]["loss"] == "nan"
    assert found["dimension"]["raised"] is None and found["dimension"]["loss"] > 1


def test_a_breakpoint_stops_at_every_step_and_shows_a_number(told: list[Event]) -> None:
    (found,) = [event for event in told if event["event"] == "breakpoint"]
    assert found["calls"] == found["steps"] == mistakes.STEPS and isinstance(found["shown"], float)
