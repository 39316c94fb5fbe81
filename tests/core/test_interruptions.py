"""What ends a command before its time, from a closed pipe to kill -9, and how its run goes on.

Real processes, real signals, and a store in a file.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errands import interruptions
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from core.running.runner import Heartbeat, run
from core.store import Run, RunStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

ROOT = Path(__file__).parents[2]
SETTINGS = {
    **{"depth": 2, "width": 8, "points": 50, "condition_points": 10, "engine": "jets"},
    **{"optimiser": "adam 300, lbfgs", "steps": 1500, "patience": 100_000, "learning_rate": 1e-3, "precision": "float64"},
}
FLAGS = [word for name, value in SETTINGS.items() for word in ("--" + name.replace("_", "-"), str(value))]
LONG = ["decay", "--depth", "2", "--width", "8", "--optimiser", "adam", "--patience", "100000", "--steps", "200000"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(str(tmp_path / "runs.db"))
    yield opened
    opened.close()


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, store: RunStore) -> Iterator[Start]:
    """Starts a command in a folder of its own; none outlives the test."""
    processes: list[subprocess.Popen[str]] = []

    def command(*arguments: str, stdout: int = subprocess.PIPE, buffered: bool = True) -> subprocess.Popen[str]:
        environment = {**os.environ, "TANGENTE_STORE": store.url, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        environment["PYTHONUNBUFFERED"] = "" if buffered else "1"
        words = [sys.executable, "-m", "core", *arguments]
        processes.append(subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True))
        return processes[-1]

    yield command
    for process in processes:
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdout, process.stderr)):
            pipe.close()


def until_step(store: RunStore, process: subprocess.Popen[str], step: int) -> Run:
    """The newest run once a process has come to a step with it."""
    patience = time.monotonic() + 120
    while time.monotonic() < patience:
        found = store.runs(1)
        if found and found[0].status == "running" and found[0].step >= step:
            return found[0]
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError(f"step {step} was not reached")


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out or "", err or ""


def test_terminated_then_killed_a_run_ends_with_the_bits_of_one_that_was_left_alone(start: Start, store: RunStore, tmp_path: Path) -> None:
    experiment = experiment_of(load("burgers"), settings=SETTINGS)
    whole = store.create(experiment)
    assert run(store.url, whole.id) == "done"

    solving = start("solve", "burgers", *FLAGS, "--again", "--json", "first.json")
    name = until_step(store, solving, 350).id
    solving.send_signal(signal.SIGTERM)
    code, out, err = ended(solving)
    assert code == 130 and "Traceback" not in err and "stopped" in out and f"resume {name}" in out
    first, kept = store.get(name), store.checkpoint(name)
    assert first.status == "stopped" and kept is not None and 350 <= kept.step == first.step < 1500
    assert json.loads((tmp_path / "first.json").read_text())["status"] == "stopped"

    killed = start("resume", name)
    until_step(store, killed, first.step + 20)
    killed.kill()
    killed.communicate()
    assert store.get(name).status == "running"

    code, out, err = ended(start("resume", name, "--json", "out.json"))
    assert code == 0, err
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["run"] == name and result["status"] == "done" and result["steps"] == store.get(whole.id).step
    last, other = store.checkpoint(name), store.checkpoint(whole.id)
    assert last is not None and other is not None and last.data == other.data
    np.testing.assert_array_equal(store.losses(name), store.losses(whole.id))


def test_a_terminal_that_is_closed_leaves_the_run_stopped_with_its_last_step_kept(start: Start, store: RunStore) -> None:
    solving = start("solve", *LONG)
    name = until_step(store, solving, 10).id
    solving.send_signal(signal.SIGHUP)
    code, _, err = ended(solving)
    assert code == 130 and "Traceback" not in err
    left, kept = store.get(name), store.checkpoint(name)
    assert left.status == "stopped" and kept is not None and kept.step == left.step > 0


def test_seeds_end_with_the_one_that_is_stopped(start: Start, store: RunStore, tmp_path: Path) -> None:
    training = start("seeds", *LONG, "--count", "3", "--json", "out.json")
    until_step(store, training, 10)
    training.send_signal(signal.SIGTERM)
    assert ended(training)[0] == 130
    assert [found.status for found in store.runs()] == ["stopped"]
    assert [found["status"] for found in json.loads((tmp_path / "out.json").read_text())["runs"]] == ["stopped"]


def test_a_run_whose_progress_nobody_reads_is_stopped(start: Start, store: RunStore) -> None:
    solving = start("solve", *LONG, stdout=subprocess.DEVNULL)
    name = until_step(store, solving, 10).id
    assert solving.stderr is not None
    solving.stderr.close()
    assert solving.wait(120) == 141
    assert store.get(name).status == "stopped" and store.checkpoint(name) is not None


# Runs that do not go on.


def quick() -> Experiment:
    return experiment_of(load("decay"), settings={"depth": 1, "width": 4, "points": 10, "steps": 5, "optimiser": "adam"})


def refused(start: Start, *arguments: str) -> str:
    code, _, err = ended(start(*arguments))
    assert code == 2 and "Traceback" not in err
    return err


def test_a_run_that_is_done_is_not_resumed(start: Start, store: RunStore) -> None:
    made = store.create(quick())
    assert run(store.url, made.id) == "done"
    assert "come to its end (done)" in refused(start, "resume", made.id)


def test_unknown_and_ambiguous_names_are_told(start: Start, store: RunStore) -> None:
    assert "no run nothing" in refused(start, "resume", "nothing")
    made = [store.create(quick()) for _ in range(2)]
    for command in ("resume", "show"):
        said = refused(start, command, "")
        assert "2 runs begin with" in said and all(one.id in said for one in made)


def test_a_run_that_is_trained_elsewhere_is_left_alone(start: Start, store: RunStore) -> None:
    made = store.create(quick())
    lease = store.lease(made.id, "another process")
    assert lease is not None
    with Heartbeat(store, lease) as heartbeat:
        store.pause(made.id)
        assert "another process" in refused(start, "resume", made.id)
        assert store.renew(lease).pause_at == 0 and not heartbeat.lost


def test_a_result_that_cannot_be_written_is_refused_before_anything_is_done(start: Start, store: RunStore, tmp_path: Path) -> None:
    made = store.create(quick())
    for place, words in ((".", "folder"), ("no/such/out.json", "no folder")):
        for arguments in (("solve", "decay"), ("seeds", "decay"), ("resume", made.id)):
            assert words in refused(start, *arguments, "--json", place)
    assert [found.status for found in store.runs()] == ["queued"]


def test_a_run_that_still_waits_is_taken_up(start: Start, store: RunStore) -> None:
    made = store.create(quick())
    code, out, err = ended(start("resume", made.id[:12]))
    assert code == 0 and "Going on" in out, err
    assert store.get(made.id).status == "done"


# Output that nobody reads.


@pytest.mark.parametrize("buffered", [True, False], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", ["problems", "runs", "show"])
def test_a_reader_who_leaves_ends_a_command_quietly(start: Start, store: RunStore, command: str, buffered: bool) -> None:
    made = [store.create(quick()) for _ in range(3)]
    read, write = os.pipe()
    os.close(read)
    process = start(command, *([made[0].id] if command == "show" else []), stdout=write, buffered=buffered)
    os.close(write)
    code, _, err = ended(process)
    assert (code, err) == (141, "")


def test_help_that_nobody_reads_ends_quietly(start: Start) -> None:
    read, write = os.pipe()
    os.close(read)
    process = start("solve", "--help", stdout=write)
    os.close(write)
    code, _, err = ended(process)
    assert code in (0, 141) and err == ""  # argparse may see it first, and minds nothing


# The signals themselves.


def test_signals_are_noted_and_do_again_what_they_did_before() -> None:
    before = [signal.getsignal(number) for number in interruptions.SIGNALS]
    with interruptions.noted() as received:
        for number in interruptions.SIGNALS:
            os.kill(os.getpid(), number)
        assert received == list(interruptions.SIGNALS)
    assert [signal.getsignal(number) for number in interruptions.SIGNALS] == before


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptions.noted() as received:
            os.kill(os.getpid(), signal.SIGHUP)
            assert received == [] and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
