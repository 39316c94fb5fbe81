"""Theano, CNTK and Caffe: what was recorded of them, and they themselves where an interpreter is configured."""

from __future__ import annotations

import datetime
import functools
import json
import math
from pathlib import Path
from typing import Any

import pytest

from core.errands.batch import Batch, Event
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS, RECORDS, Framework
from core.why_pytorch.frameworks.task import TASKS

OLD = [framework for framework in FRAMEWORKS.values() if framework.variable]
FILES = sorted(RECORDS.glob("*.json"))
COMPARED, AGREE = 100, 1e-4
"""Rounding makes trainings drift apart later."""


def race(framework: Framework, task: str, steps: int = COMPARED, change: int = 10**6) -> list[Event]:
    errand = framework.errand(task, steps, change)
    assert errand is not None
    batch = Batch([errand])
    batch.wait(300)
    events = [event for event in batch.events() if event["who"] == framework.name]
    assert "failed" not in [event["event"] for event in events], events[-2]
    return events


def losses(events: list[Event]) -> list[float]:
    (built,) = (event for event in events if event["event"] == "built")
    found = [built["loss"]]
    for event in events:
        if event["event"] == "steps":
            assert event["first"] == len(found) + 1
            found += event["losses"]
    return found


@functools.cache
def expected(task: str) -> tuple[float, ...]:
    return tuple(losses(race(FRAMEWORKS["pytorch"], task)))


def assert_agrees(events: list[Event], task: str) -> None:
    found = losses(events)[:COMPARED]
    assert len(found) == COMPARED
    assert found == pytest.approx(expected(task)[:COMPARED], rel=AGREE, abs=0)


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def test_there_are_records_of_frameworks_that_need_an_interpreter_of_their_own() -> None:
    names = {f"{framework.name}-{task}.json" for framework in OLD for task in TASKS}
    assert {file.name for file in FILES} <= names
    assert {"theano-ode.json", "theano-burgers.json"} <= {file.name for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_record_says_when_and_where_and_tells_a_whole_race(file: Path) -> None:
    name, _ = file.stem.split("-")
    content = read(file)
    assert set(content) == {"date", "machine", "events"}
    assert datetime.date.fromisoformat(content["date"]) <= datetime.date.today()
    assert FRAMEWORKS[name].label in content["machine"] and "Python 3." in content["machine"]
    events = content["events"]
    assert {event["who"] for event in events} == {name}
    order = [event["event"] for event in events if event["event"] != "steps"]
    assert order == ["started", "importing", "loaded", "built", "changed", "again", "done", "ended"]
    done = events[-2]
    assert done["steps_per_second"] > 0 and done["memory"] > 0
    assert len(losses(events)) >= 300 and all(map(math.isfinite, losses(events)))
    assert file.stat().st_size < 20_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_record_agrees_with_pytorch(file: Path) -> None:
    assert_agrees(read(file)["events"], file.stem.split("-")[1])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("framework", OLD, ids=lambda framework: framework.name)
def test_it_agrees_with_pytorch_where_it_can_be_run(framework: Framework, task: str) -> None:
    if framework.python is None:
        pytest.skip(f"{framework.label}: {framework.variable} names no interpreter")
    assert_agrees(race(framework, task), task)
