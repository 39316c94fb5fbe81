"""Errands: real processes, and what becomes of those that crash, hang, or talk without end."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import core.errands.batch
from core.errands.batch import Batch, Errand

Made = Callable[[str, str], Errand]


@pytest.fixture
def errand(tmp_path: Path) -> Made:
    """An errand that runs a program text."""

    def made(who: str, program: str) -> Errand:
        (tmp_path / f"{who}.py").write_text(textwrap.dedent(program), encoding="utf-8")
        return Errand(who, who, environment={"PYTHONPATH": str(tmp_path)})

    return made


def kinds(batch: Batch, who: str) -> list[str]:
    return [event["event"] for event in batch.events() if event["who"] == who]


GOOD = """
    import json
    print("what frameworks print")
    print(json.dumps({"event": "hello", "number": 3}), flush=True)
    print('["no event"]')
"""


def test_what_one_does_harms_no_other(errand: Made) -> None:
    crashing = "import os; os.abort()"
    raising = "raise ValueError('in the middle')"
    hanging = "import time\nwhile True: time.sleep(1)"
    batch = Batch([errand("crash", crashing), errand("error", raising), errand("hang", hanging), errand("good", GOOD)], silence=2.0)
    batch.wait(60)
    assert kinds(batch, "good") == ["started", "hello", "ended"]
    failures = {event["who"]: event for event in batch.events() if event["event"] == "failed"}
    assert {who: event["code"] for who, event in failures.items()} == {
        "crash": "errand-crashed",
        "error": "errand-crashed",
        "hang": "errand-silent",
    }
    assert "ValueError: in the middle" in failures["error"]["complained"]
    assert batch.events()[-1] == {"who": "", "event": "over", "stopped": False} and not batch.running


def test_one_that_talks_without_end_is_ended(errand: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.errands.batch, "MOST_EVENTS", 50)
    batch = Batch([errand("talk", 'while True: print(\'{"event": "word"}\', flush=True)'), errand("good", GOOD)])
    batch.wait(60)
    assert len(kinds(batch, "talk")) == 53 and kinds(batch, "good") == ["started", "hello", "ended"]
    assert [event["code"] for event in batch.events() if event["event"] == "failed"] == ["errand-endless"]


def test_an_interpreter_that_is_not_there_is_told() -> None:
    batch = Batch([Errand("old", "nothing", python="/no/such/python")])
    batch.wait(10)
    (failed,) = [event for event in batch.events() if event["event"] == "failed"]
    assert failed["code"] == "errand-not-started" and "/no/such/python" in failed["values"]["reason"]


def test_it_can_be_stopped_and_leaves_nothing_behind(errand: Made) -> None:
    endless = 'import time\nprint(\'{"event": "here"}\', flush=True)\nwhile True: time.sleep(1)'
    batch = Batch([errand("one", endless), errand("two", endless)])
    limit = time.monotonic() + 30
    while "here" not in kinds(batch, "one"):
        assert time.monotonic() < limit
        time.sleep(0.05)
    (child,) = [child for child in psutil.Process().children() if "one" in child.cmdline()]
    batch.stop()
    batch.wait(10)
    assert kinds(batch, "one") == ["started", "here", "ended"] and kinds(batch, "two") == []
    assert not child.is_running()
    assert batch.events()[-1]["stopped"]


def test_only_one_batch_runs_at_a_time(errand: Made) -> None:
    slow = 'import time\nprint(\'{"event": "here"}\', flush=True)\ntime.sleep(1.0)'
    first, second = Batch([errand("one", slow)]), Batch([errand("two", slow)])
    limit = time.monotonic() + 30
    while first.running or second.running:
        assert time.monotonic() < limit
        assert not all(kinds(batch, who) and "ended" not in kinds(batch, who) for batch, who in ((first, "one"), (second, "two")))
        time.sleep(0.02)
    assert "ended" in kinds(first, "one") and "ended" in kinds(second, "two")


def test_whatever_goes_wrong_here_the_next_batch_gets_its_turn(errand: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(core.errands.batch.tempfile, "TemporaryFile", full)
        broken.setattr(core.errands.batch.threading, "excepthook", lambda _: None)
        batch = Batch([errand("good", GOOD)])
        batch.wait(10)
    assert not batch.running
    after = Batch([errand("good", GOOD)])
    after.wait(30)
    assert kinds(after, "good") == ["started", "hello", "ended"]
