"""The solver as a real process: what it answers, what it loads, and how it is stopped."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core import references
from core.errors import RunError
from core.problem.reading.reading import load
from core.references import Reference
from core.store import RunStore, classical
from core.workers import solver

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]
PROBLEM = load("pendulum")
KEY = classical.key(PROBLEM, {})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(str(tmp_path / "runs.db"))
    yield opened
    opened.close()


@pytest.fixture
def start() -> Iterator[Callable[..., psutil.Popen]]:
    """Starts processes, and ends those that still run when a test is over."""
    started: list[psutil.Popen] = []

    def run(*arguments: str) -> psutil.Popen:
        command = [sys.executable, "-W", "error", *arguments]
        started.append(psutil.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "This has not come about in time."
        time.sleep(0.01)


def test_it_answers_what_waits_and_what_comes_without_loading_torch(store: RunStore, start: Callable[..., psutil.Popen]) -> None:
    classical.ask(store, PROBLEM, {})
    process = start("-m", "core.workers.solver", "--store", store.url)
    until(lambda: store.references.get(KEY))
    later = load("lotka-volterra")
    begun = time.monotonic()
    classical.ask(store, later, {})
    until(lambda: classical.known(store, later, {}))
    assert time.monotonic() - begun < 5  # 0.3 s; nothing is to be loaded any more
    for problem in (PROBLEM, later):
        assert isinstance(classical.known(store, problem, {}), Reference)
    assert store.references.waiting() == []
    if hasattr(process, "memory_maps"):  # not on every system
        assert [part.path for part in process.memory_maps() if "libtorch" in part.path] == []
    assert process.poll() is None


def test_a_solver_of_the_same_name_goes_on_with_what_the_dead_one_held(store: RunStore, start: Callable[..., psutil.Popen]) -> None:
    classical.ask(store, PROBLEM, {})
    assert store.references.take("mine", 600.0) is not None
    start("-m", "core.workers.solver", "--store", store.url, "--name", "another")
    time.sleep(3)
    assert store.references.get(KEY) is None
    start("-m", "core.workers.solver", "--store", store.url, "--name", "mine")
    until(lambda: store.references.get(KEY))


def test_a_question_that_nobody_waits_for_any_more_gives_way_to_a_newer_one(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "_LOOK_EVERY", 0.0)
    monkeypatch.setattr(solver, "_PATIENCE", 0.0)
    newer, solve = load("lotka-volterra"), references.solve

    def asked_meanwhile(*given: Any) -> Reference:
        monkeypatch.setattr(references, "solve", solve)
        classical.ask(store, newer, {})
        return solve(*given)

    monkeypatch.setattr(references, "solve", asked_meanwhile)
    classical.ask(store, PROBLEM, {})
    assert solver.work(store, "mine")
    assert store.references.waiting() == [classical.key(newer, {}), KEY]
    assert solver.work(store, "mine")
    assert isinstance(classical.known(store, newer, {}), Reference)
    assert store.references.waiting() == [KEY]  # its turn comes
    assert solver.work(store, "mine")
    assert isinstance(store.references.get(KEY), Reference)


STUCK = """
import ctypes, sys, time
from core.workers import solver
from core.store import RunStore

solver._GRACE = 0.3
libraries = {"lets others run": ctypes.CDLL(None), "holds the interpreter": ctypes.PyDLL(None)}
store = RunStore(sys.argv[1])
question = store.references.take("mine", 600.0)
with solver.Watchdog(store, question, limit=0.2):
    libraries[sys.argv[2]].sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs the C library's sleep")
def test_a_library_that_looks_at_no_clock_is_stopped_and_that_is_the_answer(store: RunStore, start: Callable[..., psutil.Popen]) -> None:
    classical.ask(store, PROBLEM, {})
    process = start("-c", STUCK, store.url, "lets others run")
    assert process.wait(30) == 1
    answer = store.references.get(KEY)
    assert isinstance(answer, RunError)
    assert answer.message == RunError("reference-too-slow", limit="0.2").message
    assert store.references.waiting() == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs the C library's sleep")
def test_a_library_that_lets_nothing_else_run_is_stopped_and_its_question_stays(
    store: RunStore, start: Callable[..., psutil.Popen]
) -> None:
    classical.ask(store, PROBLEM, {})
    process = start("-c", STUCK, store.url, "holds the interpreter")
    assert process.wait(30) == 1
    assert "Timeout" in process.stderr.read()  # with where it stood
    assert store.references.get(KEY) is None
    again = store.references.take("mine", 10.0)
    assert again is not None
    assert again.attempts == 2


SOLVED = """
import sys, time
from core.workers import solver
from core.store import Question, RunStore

solver._GRACE = 0.3
store = RunStore(sys.argv[1])
assert solver.work(store, "mine")
assert not solver.work(store, "mine")
with solver.Watchdog(store, Question("nothing", "{}", 1), limit=0.1):
    pass
time.sleep(2)
"""


def test_what_is_answered_in_time_is_stopped_by_nothing(store: RunStore, start: Callable[..., psutil.Popen]) -> None:
    classical.ask(store, PROBLEM, {})
    process = start("-c", SOLVED, store.url)
    assert process.wait(60) == 0, process.stderr.read()
    assert isinstance(store.references.get(KEY), Reference)
    assert store.references.get("nothing") is None
