"""Mistakes made on purpose in PyTorch, in a real process: what is told of each."""

from __future__ import annotations

import pytest

from core.errands.batch import Batch, Errand, Event
from core.why_pytorch.frameworks import mistakes
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS
from tests.examples import slow_of

NUMBERS = {"pytorch", "tensorflow", "keras_pytorch", "numpy_by_hand"}
"""The frameworks that run line by line, where a stop in the function shows a number."""


def made(name: str) -> list[Event]:
    batch = Batch([Errand(name, "core.why_pytorch.frameworks.mistakes", (name,), FRAMEWORKS[name].python or "")])
    batch.wait(300)
    return batch.events()


@pytest.fixture(scope="module")
def told() -> list[Event]:
    return made("pytorch")


@pytest.mark.processes
@pytest.mark.parametrize("name", slow_of(FRAMEWORKS, "pytorch_compiled"))
def test_every_framework_makes_them_all_and_is_stopped_in(name: str) -> None:
    found = FRAMEWORKS[name]
    if found.python is None:
        pytest.skip(f"{found.variable} names no interpreter" if found.variable else f"{found.package} is not installed")
    events = made(name)
    assert list(by_name(events)) == list(mistakes.MISTAKES) and not [event for event in events if event["event"] == "failed"]
    (stop,) = [event for event in events if event["event"] == "breakpoint"]
    assert isinstance(stop["shown"], float) == (name in NUMBERS)
    assert (stop["calls"] >= stop["steps"]) == (name in NUMBERS)
    assert not any("/" in event["message"] and ".py" in event["message"].split("/")[-1] for event in by_name(events).values())


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
