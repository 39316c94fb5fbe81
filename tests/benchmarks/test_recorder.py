"""Recorded curves: moments of a training's own time; what is kept of them, and who is left out."""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path

import pytest
from torch import nn

from benchmarks import accuracy
from benchmarks.recorder import MOMENTS, Recorder

NETWORK = nn.Identity()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The processor's seconds, which only tests move."""
    now = [100.0]
    monkeypatch.setattr(time, "process_time", lambda: now[0])
    return now


def test_the_shares_that_are_told_are_moments() -> None:
    assert set(accuracy.SHARES) <= set(MOMENTS) and list(MOMENTS) == sorted(MOMENTS)


def test_scoring_takes_no_time_and_each_moment_has_its_error(clock: list[float]) -> None:
    def score(_: nn.Module) -> float:
        clock[0] += 50
        return 1 / recorder.spent

    recorder = Recorder(10, score)
    recorder.start()
    for step in range(1, 11):
        clock[0] += 1
        assert recorder.over(lambda: NETWORK) == (step == 10)
    assert recorder.spent == 10 and len(recorder.curve) == len(MOMENTS)
    for share, (seconds, error) in zip(MOMENTS, recorder.curve, strict=True):
        assert share * 10 <= seconds < share * 10 + 1 and error == 1 / seconds


def test_the_last_error_stands_for_what_was_not_reached(clock: list[float]) -> None:
    recorder = Recorder(10, lambda _: 0.5)
    recorder.start()
    clock[0] += 3
    assert not recorder.over(lambda: NETWORK)
    recorder.close(lambda: NETWORK)
    assert recorder.curve == [(3, 0.5)] * len(MOMENTS)


def test_a_file_keeps_what_was_trained_before(tmp_path: Path) -> None:
    file = tmp_path / "accuracy.json"
    accuracy.keep(file, {("poisson", "deepxde", 0): [(1, 0.5)], ("poisson", "adam", 0): [(1, 0.25)]})
    accuracy.keep(file, {("poisson", "adam", 0): [(2, 0.125)], ("damped-oscillator", "adam", 1): [(3, 1 / 3)]})
    runs = [(run["row"], run["way"], run["seed"], run["curve"]) for run in json.loads(file.read_text(encoding="utf-8"))]
    assert runs == [
        ("damped-oscillator", "adam", 1, [[3, 0.3333]]),
        ("poisson", "adam", 0, [[2, 0.125]]),
        ("poisson", "deepxde", 0, [[1, 0.5]]),
    ]


def test_a_way_without_its_package_is_left_out_by_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("sys.argv", ["accuracy", "--only", "poisson", "--ways", "deepxde"])
    assert accuracy.main() == 0
    assert "deepxde: not run, no deepxde is installed" in capsys.readouterr().out
