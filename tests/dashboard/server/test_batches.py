"""The errands of pages: who starts what, and what visitors are told of it. The processes are real."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errands.batch import Errand
from core.errors import InputError
from dashboard.server import batches

GOOD = 'print(\'{"event": "hello", "number": 3}\', flush=True)'
BAD = "import json\nraise ValueError('in the middle')"
HANGING = 'import time\nprint(\'{"event": "hello"}\', flush=True)\nwhile True: time.sleep(1)'


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    batches.close()


def errand(folder: Path, who: str, program: str) -> Errand:
    (folder / f"{who}.py").write_text(textwrap.dedent(program), encoding="utf-8")
    return Errand(who, who, environment={"PYTHONPATH": str(folder)})


def test_a_kind_that_runs_is_not_started_twice(tmp_path: Path) -> None:
    errands = [errand(tmp_path, "hanging", HANGING)]
    first = batches.start("one", errands)
    assert batches.start("one", errands) is first is batches.newest("one")
    assert batches.start("other", errands) is not first
    first.stop()
    first.wait(30)
    again = batches.start("one", errands)
    assert again is not first and batches.newest("one") is again
    with pytest.raises(InputError, match="no longer there"):
        batches.told(first.id, 0)


def test_what_is_told_can_be_read_on(tmp_path: Path) -> None:
    batch = batches.start("good", [errand(tmp_path, "good", GOOD)])
    batch.wait(30)
    told = batches.told(batch.id, 0)
    assert [event["event"] for event in told] == ["started", "hello", "ended", "over"]
    assert batches.told(batch.id, 2) == told[2:] and batches.told(batch.id, 100) == []


def test_a_failure_is_told_in_words_without_the_files_of_the_server(tmp_path: Path) -> None:
    batch = batches.start("bad", [errand(tmp_path, "bad", BAD)])
    batch.wait(30)
    (failed,) = [event for event in batches.told(batch.id, 0) if event["event"] == "failed"]
    assert failed["message"] == "It crashed, with the exit code 1."
    assert failed["complained"] == "ValueError: in the middle"


def test_an_unknown_one_is_said_to_be_gone() -> None:
    with pytest.raises(InputError, match="no longer there"):
        batches.told("none", 0)


def test_the_oldest_are_forgotten_and_those_that_run_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_MOST", 2)
    running = batches.start("running", [errand(tmp_path, "hanging", HANGING)])
    for number in range(3):
        batches.start(str(number), []).wait(30)
    assert batches.newest("running") is running and batches.newest("0") is None and batches.newest("2") is not None


def test_closing_ends_all(tmp_path: Path) -> None:
    batch = batches.start("hanging", [errand(tmp_path, "hanging", HANGING)])
    batches.close()
    batch.wait(30)
    assert not batch.running and batches.newest("hanging") is None
