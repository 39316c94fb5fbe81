"""The store, on real files: what it keeps, what it refuses, and what it survives."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.pool import Pool

from core.errors import InputError, RunError
from core.experiment.making import experiment_of
from core.problem.reading.reading import problem_from_table
from core.store import LEASE, SILENCE, Device, Lease, Run, RunStore, default_url, moments
from core.store.moments import Moment
from core.store.tables.schema import ADDED, SCHEMA
from tests.core.store.test_moments import old_frame
from tests.experiments import small

ROOT = Path(__file__).parents[3]
RESULT: dict[str, Any] = {
    "step": 30,
    "seconds": 0.5,
    "loss": 0.1,
    "losses": {"equation-1": 0.1},
    "relative_l2": None,
    "max_error": {"u": 0.2},
}
EXPERIMENT = small()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


@pytest.fixture
def store(path: Path) -> Iterator[RunStore]:
    opened = RunStore(str(path))
    yield opened
    opened.close()


class Clock:
    """The wall clock, which a test may set forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead, wall = 0.0, time.time
        monkeypatch.setattr(time, "time", lambda: wall() + self._ahead)

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def leased(store: RunStore, **options: Any) -> tuple[Run, Lease]:
    run = store.create(EXPERIMENT, **options)
    return run, again(store, run)


def again(store: RunStore, run: Run) -> Lease:
    lease = store.lease(run.id, "a worker")
    assert lease is not None
    return lease


def fails(code: str, kind: type[InputError] | type[RunError], action: Callable[..., object], *given: Any, **named: Any) -> Any:
    """Assert that `action` raises an error of this kind and code, in words that name what they should; the error."""
    with pytest.raises(kind) as caught:
        action(*given, **named)
    assert caught.value.code == code
    assert "{" not in str(caught.value)
    return caught.value


def rows(first: int, end: int) -> np.ndarray:
    """Losses that tell their step, (end − first, 2)."""
    steps = np.arange(first, end, dtype=np.float32)
    return np.stack([steps, -steps], axis=1)


# runs


def test_a_run_comes_back_as_it_was_made(store: RunStore) -> None:
    made = store.create(EXPERIMENT, pause_at=7)
    assert store.get(made.id) == made
    assert (made.status, made.key, made.steps, made.device, made.engine) == ("queued", EXPERIMENT.key, 30, "cpu", "auto")
    assert (made.step, made.pause_at, made.attempts, made.version, made.interactive) == (0, 7, 0, 0, True)
    assert made.experiment == EXPERIMENT
    assert abs(made.created - time.time()) < 5


def test_any_text_is_kept(store: RunStore) -> None:
    table = {
        "title": "Schrödinger ψ 方程 🌊",
        "coordinates": {"t": [0, 1]},
        "unknowns": ["u"],
        "equations": ["u_t = u"],
        "conditions": ["u(0) = 1"],
    }
    experiment = experiment_of(problem_from_table(table))
    run = store.create(experiment)
    lease = again(store, run)
    store.finish(lease, "failed", **RESULT, error={"code": "unexpected", "values": {"reason": "«ψ» 🌊\u2028\x00"}})
    ended = RunStore(store.url).get(run.id)
    assert ended.experiment.problem.title == "Schrödinger ψ 方程 🌊"
    assert ended.error == {"code": "unexpected", "values": {"reason": "«ψ» 🌊\u2028\x00"}}


def test_ids_cannot_be_guessed_nor_taken_for_a_flag(store: RunStore) -> None:
    ids = {store.create(EXPERIMENT).id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(name) == 16 and not name.startswith("-") for name in ids)


def test_the_newest_run_of_a_key_counts(store: RunStore, clock: Clock) -> None:
    other = store.create(small(depth=3))
    first = store.create(EXPERIMENT)
    clock.advance(-100)  # clocks go back; the order of creation does not
    second = store.create(EXPERIMENT)
    assert store.latest(EXPERIMENT.key) == second
    assert [run.id for run in store.runs()] == [second.id, first.id, other.id]
    assert [run.id for run in store.runs(limit=1)] == [second.id]
    store.delete(second.id)
    assert store.latest(EXPERIMENT.key) == first
    store.delete(first.id)
    assert store.latest(EXPERIMENT.key) is None


def test_a_deleted_run_leaves_nothing(store: RunStore, path: Path) -> None:
    run, lease = leased(store)
    store.write_losses(lease, 1, rows(1, 4))
    store.write_moments(lease, [Moment(1, None, b"a")])
    store.write_checkpoint(lease, 1, 0.1, b"b")
    store.write_frame(lease, b"c")
    store.delete(run.id)
    with sqlite3.connect(path) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("runs", "losses", "moments", "snapshots", "checkpoints", "frames")
        ]
    connection.close()
    assert counts == [(0,)] * 6


@pytest.mark.parametrize("name", ["get", "pause", "stop", "resume", "delete", "losses"])
def test_an_unknown_run_is_said(store: RunStore, name: str) -> None:
    assert "nowhere" in str(fails("unknown-run", InputError, getattr(store, name), "nowhere"))


def test_an_unknown_run_cannot_be_leased(store: RunStore) -> None:
    fails("unknown-run", InputError, store.lease, "nowhere", "a worker")


def test_interactive_runs_are_claimed_first_and_lost_ones_again(store: RunStore, clock: Clock) -> None:
    patient = store.create(EXPERIMENT, interactive=False)
    lost, _ = leased(store)
    waiting = store.create(EXPERIMENT)
    assert [run.id for run in store.claimable()] == [waiting.id, patient.id]
    assert [run.id for run in store.claimable(time.time() + LEASE + 1)] == [lost.id, waiting.id, patient.id]


# leases


def test_one_worker_holds_a_run_until_it_is_not_heard_of(store: RunStore, clock: Clock) -> None:
    run, first = leased(store)
    assert store.get(run.id).status == "running"
    assert store.lease(run.id, "another") is None
    clock.advance(LEASE - 1)
    store.renew(first)
    clock.advance(LEASE - 1)
    assert store.lease(run.id, "another") is None
    clock.advance(2)
    second = again(store, run)
    assert second.token > first.token
    assert store.get(run.id).attempts == 2


WRITES: dict[str, Callable[[RunStore, Lease], object]] = {
    "renew": lambda store, lease: store.renew(lease),
    "losses": lambda store, lease: store.write_losses(lease, 1, rows(1, 3)),
    "moments": lambda store, lease: store.write_moments(lease, [Moment(1, None, b"old")]),
    "checkpoint": lambda store, lease: store.write_checkpoint(lease, 1, 0.1, b"old"),
    "frame": lambda store, lease: store.write_frame(lease, b"old"),
    "progress": lambda store, lease: store.progress(lease, 99, 9.9, "jets"),
    "report": lambda store, lease: store.report(lease, 99, 9.9, "jets", first=1, rows=rows(1, 3), made=[Moment(1, None, b"old")]),
    "finish": lambda store, lease: store.finish(lease, "done", **RESULT),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_a_worker_that_was_given_up_can_write_nothing(store: RunStore, clock: Clock, write: Callable[[RunStore, Lease], object]) -> None:
    run, stale = leased(store)
    clock.advance(LEASE + 1)
    again(store, run)
    before = store.get(run.id)
    fails("lease-lost", RunError, write, store, stale)
    assert store.get(run.id) == before
    assert (store.checkpoint(run.id), store.frame(run.id), store.moments(run.id), len(store.losses(run.id))) == (None, None, [], 0)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize(
    "end", [lambda store, lease: store.finish(lease, "stopped", **RESULT), lambda store, lease: store.delete(lease.run_id)]
)
def test_nothing_is_written_to_a_run_that_is_over(store: RunStore, end: Any, write: Callable[[RunStore, Lease], object]) -> None:
    _, lease = leased(store)
    end(store, lease)
    fails("lease-lost", RunError, write, store, lease)


# losses


def test_losses_come_back_in_order(store: RunStore) -> None:
    run, lease = leased(store)
    assert store.losses(run.id).shape == (0, 2)
    store.write_losses(lease, 1, rows(1, 4))
    store.write_losses(lease, 4, rows(4, 4))
    store.write_losses(lease, 4, rows(4, 6).astype(np.float64))
    np.testing.assert_array_equal(store.losses(run.id), rows(1, 6))


def test_a_run_is_found_by_how_its_name_begins(store: RunStore) -> None:
    made = [store.create(EXPERIMENT) for _ in range(70)]  # more than there are letters
    first, *others = [one.id for one in made]
    unique = next(first[:length] for length in range(1, 20) if not any(other.startswith(first[:length]) for other in others))
    assert store.find(unique).id == store.find(first).id == first
    shared = next(name[0] for name in others if sum(other.startswith(name[0]) for other in [first, *others]) > 1)
    error = fails("ambiguous-run", InputError, store.find, shared)
    assert shared in str(error) and error.values["count"] == sum(name.startswith(shared) for name in [first, *others])
    for unknown in (unique.swapcase() + "!", first + "x", "%", "_" * 30):
        fails("unknown-run", InputError, store.find, unknown)


def test_letters_are_told_from_capitals(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["Abc", "aBC"])
    monkeypatch.setattr("core.store.for_pages.new_id", lambda: next(names))
    for _ in range(2):
        store.create(EXPERIMENT)
    assert store.find("A").id == "Abc" and store.find("aB").id == "aBC"


def test_a_worker_is_silent_once_it_has_left_out_heartbeats(store: RunStore, clock: Clock) -> None:
    run, lease = leased(store)
    assert not store.silent(run.id)
    clock.advance(SILENCE + 0.1)
    assert store.silent(run.id)
    store.renew(lease)
    assert not store.silent(run.id)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)), max_size=8))
def test_writing_losses_again_neither_doubles_nor_loses_any(store: RunStore, writes: list[tuple[int, int]]) -> None:
    run, lease = leased(store)
    steps = 0
    for back, size in writes:
        first = max(1, steps + 1 - back)
        store.write_losses(lease, first, rows(first, first + size))
        steps = max(steps, first + size - 1)
    np.testing.assert_array_equal(store.losses(run.id), rows(1, steps + 1))


def test_a_new_worker_finds_the_losses_as_they_were_at_the_checkpoint(store: RunStore, clock: Clock) -> None:
    run, lease = leased(store)
    store.write_losses(lease, 1, rows(1, 6))
    store.write_checkpoint(lease, 5, 0.5, b"five")
    store.write_losses(lease, 6, rows(6, 8))
    store.write_losses(lease, 8, rows(8, 12))
    store.progress(lease, 11, 1.1, "jets")
    clock.advance(LEASE + 1)
    again(store, run)
    np.testing.assert_array_equal(store.losses(run.id), rows(1, 6))
    assert (store.get(run.id).step, store.get(run.id).seconds) == (5, 0.5)


def test_losses_written_across_the_checkpoint_are_cut_there(store: RunStore, clock: Clock) -> None:
    run, lease = leased(store)
    store.write_losses(lease, 1, rows(1, 9))
    store.write_checkpoint(lease, 5, 0.5, b"five")
    clock.advance(LEASE + 1)
    lease = again(store, run)
    store.write_losses(lease, 6, rows(6, 9))
    np.testing.assert_array_equal(store.losses(run.id), rows(1, 9))


def test_without_a_checkpoint_a_run_begins_anew(store: RunStore, clock: Clock) -> None:
    run, lease = leased(store)
    store.write_losses(lease, 1, rows(1, 9))
    store.progress(lease, 8, 1.0, "jets")
    clock.advance(LEASE + 1)
    again(store, run)
    assert (len(store.losses(run.id)), store.get(run.id).step) == (0, 0)


# checkpoints, moments, frames


def test_the_last_two_checkpoints_are_kept(store: RunStore, path: Path) -> None:
    run, lease = leased(store)
    assert store.checkpoint(run.id) is None
    for step in (10, 20, 30, 30):
        store.write_checkpoint(lease, step, step / 10, b"%d" % step)
    saved = store.checkpoint(run.id)
    assert saved is not None
    assert (saved.step, saved.seconds, saved.data) == (30, 3.0, b"30")
    assert steps_kept(path) == [20, 30]


def steps_kept(path: Path) -> list[int]:
    connection = sqlite3.connect(path)
    steps = [step for (step,) in connection.execute("SELECT step FROM checkpoints ORDER BY step")]
    connection.close()
    return steps


@pytest.mark.parametrize("damage", ["data = CAST(X'00' || substr(data, 2) AS BLOB)", "step = step + 1", "seconds = seconds + 1"])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(store: RunStore, path: Path, clock: Clock, damage: str) -> None:
    run, lease = leased(store)
    for step in (10, 20):
        store.write_losses(lease, step - 9, rows(step - 9, step + 1))
        store.write_checkpoint(lease, step, step / 10, os.urandom(1000) + b"%d" % step)
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE checkpoints SET {damage} WHERE step = 20")
    connection.close()
    saved = store.checkpoint(run.id)
    assert saved is not None
    assert (saved.step, saved.data[-2:]) == (10, b"10")
    clock.advance(LEASE + 1)
    lease = again(store, run)
    np.testing.assert_array_equal(store.losses(run.id), rows(1, 11))
    store.write_checkpoint(lease, 15, 1.5, b"fifteen")
    assert steps_kept(path) == [10, 15]


def test_large_checkpoints_are_kept_alone_and_larger_ones_refused(store: RunStore, path: Path) -> None:
    run, lease = leased(store)
    store.write_checkpoint(lease, 1, 0.1, b"small")
    store.write_checkpoint(lease, 2, 0.2, bytes(50_000_001))
    assert steps_kept(path) == [2]
    store.write_checkpoint(lease, 3, 0.3, b"small")
    assert steps_kept(path) == [3]
    error = fails("checkpoint-too-large", RunError, store.write_checkpoint, lease, 4, 0.4, bytes(100_000_001))
    assert "100 MB" in str(error)
    saved = store.checkpoint(run.id)
    assert saved is not None
    assert saved.step == 3


def film(*steps: int, change: float = 1.0, size: int = 2) -> list[Moment]:
    return [Moment(step, change, b"%d" % step + bytes(size)) for step in steps]


def test_moments_come_in_the_order_of_writing_and_in_pieces(store: RunStore) -> None:
    run, lease = leased(store)
    assert (store.moments(run.id), store.newest_moment(run.id), store.steps(run.id)) == ([], 0, [])
    store.write_moments(lease, film(0, 1, 8))
    store.write_moments(lease, film(4))  # drawn later
    store.write_moments(lease, [])
    assert [(number, step, data[:1]) for number, step, data in store.moments(run.id)] == [
        (1, 0, b"0"),
        (2, 1, b"1"),
        (3, 8, b"8"),
        (4, 4, b"4"),
    ]
    assert (store.newest_moment(run.id), store.steps(run.id)) == (4, [0, 1, 4, 8])
    assert [number for number, *_ in store.moments(run.id, after=1, most=2)] == [2, 3]
    assert [number for number, *_ in store.moments(run.id, size=7)] == [1, 2]
    assert [number for number, *_ in store.moments(run.id, after=1, size=1)] == [2]  # one at least
    assert store.moments(run.id, after=4) == []
    assert store.moment(run.id, 8)[:1] == b"8"
    assert "5" in str(fails("unknown-moment", InputError, store.moment, run.id, 5))


def test_a_moment_of_a_step_that_is_there_takes_its_place_and_is_new_to_viewers(store: RunStore) -> None:
    run, lease = leased(store)
    store.write_moments(lease, film(0, 1, 2))
    store.write_moments(lease, [Moment(2, None, b"again")])
    assert store.moments(run.id, after=3) == [(4, 2, b"again")]
    assert store.steps(run.id) == [0, 1, 2]


def test_a_report_is_progress_losses_and_moments_at_once(store: RunStore) -> None:
    run, lease = leased(store)
    store.report(lease, 3, 0.5, "jets", first=1, rows=rows(1, 4), made=film(0, 2))
    store.report(lease, 4, 0.6, "jets", first=4, rows=rows(4, 4))
    told = store.get(run.id)
    assert (told.step, told.seconds, told.engine, store.steps(run.id)) == (4, 0.6, "jets", [0, 2])
    np.testing.assert_array_equal(store.losses(run.id), rows(1, 4))


def test_a_full_film_drops_what_is_nearest_to_its_neighbours(store: RunStore) -> None:
    run, lease = leased(store)
    large = 1_000_000
    for step in range(21):
        store.write_moments(lease, film(step, change=0.5 if step % 2 else 0.01, size=large - 2))
    steps = store.steps(run.id)
    assert steps[0] == 0 and steps[-1] == 20 and len(steps) in (18, 19)  # within 20 MB
    assert set(range(1, 20, 2)) <= set(steps)  # where much changed
    for step in range(21, 200):
        store.write_moments(lease, film(step, change=0.01, size=large - 2))
    steps = store.steps(run.id)
    assert steps[0] == 0 and steps[-1] == 199 and len(steps) <= 20
    assert max(np.diff(steps)) < 60  # many small changes add up
    assert store.newest_moment(run.id) == 200


def test_the_film_of_a_run_that_goes_on_is_cut_at_its_checkpoint(store: RunStore, clock: Clock) -> None:
    run, lease = leased(store)
    store.write_moments(lease, film(0, 5, 10))
    store.write_checkpoint(lease, 5, 0.5, b"five")
    store.write_moments(lease, film(20, 30, 7))
    clock.advance(LEASE + 1)
    lease = again(store, run)
    assert store.steps(run.id) == [0, 5]
    store.write_moments(lease, film(6))
    assert [step for _, step, _ in store.moments(run.id, after=6)] == [6]  # for those who have seen all six


def snapshots(path: Path, run: Run, frames: dict[int, bytes]) -> None:
    """Give a run what runs of before have in place of a film."""
    with sqlite3.connect(path) as connection:
        for step, data in frames.items():
            connection.execute("INSERT INTO snapshots (run, step, data) VALUES (?, ?, ?)", [run.id, step, data])
    connection.close()


def test_the_snapshots_of_before_are_a_film(store: RunStore, path: Path, clock: Clock) -> None:
    kept = {step: old_frame({"step": step}, {"solution.u": np.arange(3.0) * step, "axis.t": np.arange(3.0)}) for step in (1, 2, 5)}
    run, lease = leased(store)
    snapshots(path, run, kept)
    store.write_checkpoint(lease, 4, 0.4, b"four")
    store.write_frame(lease, old_frame({"step": 7}, {"solution.u": np.arange(3.0)}))
    store.finish(lease, "paused", **{**RESULT, "step": 7})
    found = store.moments(run.id)
    assert [(number, step) for number, step, _ in found] == [(1, 1), (2, 2), (3, 5), (4, 7)]
    header, fields = moments.unpack(found[2][2])
    assert header["step"] == 5 and fields["solution.u"] == pytest.approx([0, 5, 10], abs=1e-3)
    assert [one["step"] for one in store.headers(run.id)] == [1, 2, 5, 7]
    store.resume(run.id)
    lease = again(store, run)
    store.write_moments(lease, film(5))
    assert store.steps(run.id) == [1, 2, 5]  # the checkpoint is of step 4
    assert moments.header_of(store.moment(run.id, 2))["step"] == 2


def test_only_the_latest_frame_is_shown_and_only_once(store: RunStore) -> None:
    run, lease = leased(store)
    assert store.frame(run.id) is None
    versions = []
    for number in range(3):
        store.write_frame(lease, b"%d" % number)
        found = store.frame(run.id)
        assert found is not None
        assert found[1] == b"%d" % number
        assert found[0] == store.get(run.id).version
        versions.append(found[0])
    assert versions == sorted(set(versions))
    assert store.frame(run.id, since=versions[-1]) is None
    assert store.frame(run.id, since=versions[-2]) == (versions[-1], b"2")


# wishes


def test_a_running_run_hears_wishes_and_others_obey_at_once(store: RunStore) -> None:
    run, lease = leased(store, pause_at=20)
    assert (store.renew(lease).pause_at, store.renew(lease).stop) == (20, False)
    store.pause(run.id)
    assert store.renew(lease).pause_at == 0
    store.stop(run.id)
    assert store.renew(lease).stop
    queued = store.create(EXPERIMENT)
    store.pause(queued.id)
    assert store.get(queued.id).status == "paused"
    assert store.lease(queued.id, "a worker") is None
    store.stop(queued.id)
    assert store.get(queued.id).status == "stopped"


def test_a_run_whose_worker_is_gone_is_paused_at_once(store: RunStore, clock: Clock) -> None:
    run, lease = leased(store)
    clock.advance(LEASE + 1)
    store.pause(run.id)
    assert store.get(run.id).status == "paused"
    assert store.claimable() == []
    fails("lease-lost", RunError, store.renew, lease)


def test_wishes_do_not_change_what_is_over(store: RunStore) -> None:
    run, lease = leased(store)
    store.finish(lease, "done", **RESULT)
    done = store.get(run.id)
    store.pause(run.id)
    store.stop(run.id)
    assert store.get(run.id) == done
    assert "done" in str(fails("run-ended", InputError, store.resume, run.id))


@pytest.mark.parametrize("status", ["paused", "stopped", "failed"])
def test_a_run_can_be_resumed(store: RunStore, status: str) -> None:
    run, lease = leased(store)
    store.stop(run.id)
    store.finish(lease, status, **RESULT, error={"code": "disk-full", "values": {}})
    store.resume(run.id, pause_at=31)
    resumed = store.get(run.id)
    assert (resumed.status, resumed.pause_at, resumed.finished, resumed.error) == ("queued", 31, None, None)
    wishes = store.renew(again(store, run))
    assert (wishes.pause_at, wishes.stop) == (31, False)


def test_resuming_while_the_worker_obeys_a_pause_is_not_lost(store: RunStore) -> None:
    run, lease = leased(store)
    store.pause(run.id)
    assert store.renew(lease).pause_at == 0
    store.resume(run.id)
    store.finish(lease, "paused", **RESULT)
    assert store.get(run.id).status == "queued"
    lease = again(store, run)
    store.finish(lease, "paused", **RESULT)
    assert store.get(run.id).status == "paused"


def test_a_later_wish_wins_over_resuming(store: RunStore) -> None:
    run, lease = leased(store)
    store.pause(run.id)
    store.resume(run.id)
    store.pause(run.id)
    store.finish(lease, "paused", **RESULT)
    assert store.get(run.id).status == "paused"


def test_a_run_ends_with_its_results(store: RunStore) -> None:
    run, lease = leased(store)
    running = store.get(run.id)
    losses = {"equation-1": float("nan"), "condition-1": 0.5}
    error = {"code": "diverged", "values": {"step": 30}}
    store.finish(lease, "diverged", **{**RESULT, "loss": float("inf"), "losses": losses}, estimates={"nu": {"value": 1.0}}, error=error)
    ended = store.get(run.id)
    assert ended.finished is not None
    assert ended == replace(
        running,
        status="diverged",
        step=30,
        seconds=0.5,
        losses={"equation-1": None, "condition-1": 0.5},
        max_error={"u": 0.2},
        estimates={"nu": {"value": 1.0}},
        error=error,
        finished=ended.finished,
    )
    with pytest.raises(ValueError, match="running"):
        store.finish(lease, "running", **RESULT)


def test_devices_are_those_of_workers_seen_lately(store: RunStore, clock: Clock) -> None:
    one = (Device("cpu", "Ökonomisch 3000", "one"), Device("cuda:0", "Fast", "one"))
    store.publish_devices("one", one)
    clock.advance(10)
    store.publish_devices("two", [Device("cpu", "Old", "two")])
    store.publish_devices("two", [Device("cpu", "New", "two")])
    assert store.devices() == (*one, Device("cpu", "New", "two"))
    clock.advance(10)
    assert store.devices() == (Device("cpu", "New", "two"),)


# places


def test_the_place_may_be_a_file_or_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "a folder/ünïcode 100% #1.db"
    made = RunStore(name)
    run = made.create(EXPERIMENT)
    assert (tmp_path / name).is_file()
    assert not made.shared
    monkeypatch.chdir("/")
    assert RunStore(made.url).get(run.id) == run
    monkeypatch.chdir(tmp_path)
    assert RunStore(f"sqlite:///{name}").get(run.id) == run


def test_the_default_place_is_the_users_data_folder_or_as_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TANGENTE_STORE", raising=False)
    assert "tangente" in default_url()
    monkeypatch.setenv("TANGENTE_STORE", str(tmp_path / "mine.db"))
    assert default_url() == str(tmp_path / "mine.db")
    run = RunStore().create(EXPERIMENT)
    assert RunStore(str(tmp_path / "mine.db")).get(run.id) == run


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite://", "store-in-memory"),
        ("sqlite:///:memory:", "store-in-memory"),
        ("://", "store-bad-url"),
        ("nonesuch://host/name", "store-unusable"),
        ("/dev/null/runs.db", "store-unusable"),
        ("/", "store-unusable"),
    ],
)
def test_a_place_that_cannot_be_a_store_is_refused(url: str, code: str) -> None:
    fails(code, InputError, RunStore, url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in str(fails("store-unusable", InputError, RunStore, "nonesuch://user:secret@host/name"))


# other people's files


def refused(code: str, path: Path) -> str:
    """Assert that this file is refused and left as it is; the words."""
    before = path.read_bytes()
    error = fails(code, InputError, RunStore, str(path))
    assert path.read_bytes() == before
    assert [beside.name for beside in path.parent.iterdir()] == [path.name]
    assert path.name in str(error)
    return str(error)


def test_a_store_of_a_newer_version_is_refused_politely(store: RunStore, path: Path) -> None:
    store.create(EXPERIMENT)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '12'")
        connection.execute("ALTER TABLE runs RENAME COLUMN status TO mood")
    connection.close()
    assert "version 12" in refused("store-too-new", path)


def to_version_1(path: Path) -> None:
    """Make of this version's store one of version 1: the tables and columns that came later are not there."""
    with sqlite3.connect(path) as connection:
        for column in ("visitor", "parent", "before"):
            connection.execute(f"ALTER TABLE runs DROP COLUMN {column}")
        for table in (*ADDED[2], *ADDED[4]):
            connection.execute(f"DROP TABLE {table.name}")
        connection.execute("UPDATE meta SET value = '1'")
    connection.close()


def test_a_store_of_version_1_is_brought_up_and_loses_nothing(store: RunStore, path: Path) -> None:
    run, lease = leased(store)
    store.write_losses(lease, 1, rows(1, 4))
    store.write_checkpoint(lease, 3, 0.3, b"three")
    store.finish(lease, "paused", **RESULT)
    before = store.get(run.id)
    store.close()
    to_version_1(path)
    opened = RunStore(str(path))
    assert opened.get(run.id) == before
    np.testing.assert_array_equal(opened.losses(run.id), rows(1, 4))
    saved = opened.checkpoint(run.id)
    assert saved is not None
    assert saved.data == b"three"
    opened.resume(run.id)
    again(opened, run)
    opened.references.ask("k", "{}")
    made = opened.problems.save("ada", "a = 1")
    following = RunStore(str(path))
    assert (following.references.waiting(), following.problems.of("ada")) == (["k"], [made])
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall() == [(str(SCHEMA),)]
    connection.close()


def test_an_old_store_without_room_for_what_came_later_stays_as_it_was(store: RunStore, path: Path) -> None:
    run = store.create(EXPERIMENT)
    store.close()
    to_version_1(path)
    with sqlite3.connect(path) as connection:
        connection.execute("VACUUM")
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()

    def limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    event.listen(Pool, "connect", limit)
    try:
        fails("disk-full", RunError, RunStore, str(path))
    finally:
        event.remove(Pool, "connect", limit)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall() == [("1",)]
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert not names & {table.name for table in ADDED[2]}
    assert RunStore(str(path)).get(run.id) == run


@pytest.mark.parametrize("table", ["runs (name)", "meta (name, value)", "meta (id)"])
def test_another_programs_database_is_refused(path: Path, table: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {table}")
    connection.close()
    refused("store-foreign", path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_text("Dear diary, " * 100)
    refused("not-a-store", path)


# a full disk, a lock


def fill(store: RunStore) -> None:
    """Write until the disk is full; what was acknowledged must then still be there."""
    run, lease = leased(store)
    step = 0
    try:
        while step < 10_000:
            store.write_losses(lease, step + 1, rows(step + 1, step + 2))
            store.write_checkpoint(lease, step + 1, 0.1, os.urandom(20_000))
            store.write_moments(lease, [Moment(step + 1, 1.0, os.urandom(20_000))])
            step += 1
    except RunError as error:
        assert error.code == "disk-full"
        assert "runs.db" in str(error)
    assert 0 < step < 10_000
    saved = store.checkpoint(run.id)
    assert saved is not None
    assert saved.step >= step
    assert store.steps(run.id) == list(range(1, step + 1))
    assert len(store.losses(run.id)) >= step
    assert store.get(run.id).status == "running"


def sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    answer = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return bool(answer == ("ok",))


def test_a_full_disk_is_said_and_what_was_saved_is_kept(path: Path) -> None:
    def limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 200")

    event.listen(Pool, "connect", limit)
    try:
        store = RunStore(str(path))
        fill(store)
        store.close()
    finally:
        event.remove(Pool, "connect", limit)
    assert sound(path)
    run = store.create(EXPERIMENT)
    store.write_checkpoint(again(store, run), 1, 0.1, bytes(1_000_000))


def test_writes_that_the_system_refuses_are_said_too(store: RunStore, path: Path) -> None:
    resource = pytest.importorskip("resource", reason="needs limits as POSIX has them")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        fill(store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sound(path)
    store.create(EXPERIMENT)


def test_a_store_that_another_program_holds_is_said_and_can_still_be_read(store: RunStore) -> None:
    run, _ = leased(store)
    impatient = RunStore(f"{store.url}?timeout=0.1")
    holder = sqlite3.connect(store.url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    fails("store-busy", RunError, impatient.create, EXPERIMENT)
    assert impatient.get(run.id).status == "running"
    holder.execute("COMMIT")
    holder.close()
    impatient.create(EXPERIMENT)


# threads, processes, kills


def test_threads_share_a_store(store: RunStore) -> None:
    runs = [store.create(EXPERIMENT) for _ in range(8)]
    problems: list[Exception] = []

    def work(run: Run) -> None:
        try:
            lease = again(store, run)
            for step in range(1, 21):
                store.write_losses(lease, step, rows(step, step + 1))
                store.write_frame(lease, b"%d" % step)
                store.renew(lease)
                assert store.get(run.id).version == step
            store.finish(lease, "done", **RESULT)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert all(len(store.losses(run.id)) == 20 for run in runs)


def child(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-W", "error", "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE)


CONTENDER = """
import sys
from core.store import RunStore
from tests.experiments import small

sys.stdin.read()
store = RunStore(sys.argv[1])
for _ in range(5):
    store.create(small())
result = dict(step=1, seconds=0.1, loss=None, losses=None, relative_l2=None, max_error=None)
while runs := store.claimable():
    for run in runs:
        lease = store.lease(run.id, sys.argv[2])
        if lease is not None:
            store.write_checkpoint(lease, 1, 0.1, b"mine")
            store.finish(lease, "done", **result)
            print(run.id, flush=True)
"""


@pytest.mark.processes
def test_processes_that_open_a_new_store_together_share_its_runs(path: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CONTENDER, str(path), str(n)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n in range(3)
    ]
    for process in children:
        assert process.stdin is not None
        process.stdin.close()  # now all of them open it
    taken = []
    for process in children:
        assert process.stdout is not None
        taken += process.stdout.read().split()
        process.stdout.close()
        assert process.wait(60) == 0
    store = RunStore(str(path))
    assert sorted(taken) == sorted(run.id for run in store.runs())
    assert [(run.status, run.attempts) for run in store.runs()] == [("done", 1)] * 15


WRITER = """
import sys
from core.store import RunStore

store = RunStore(sys.argv[1])
lease = store.lease(sys.argv[2], "to be killed")
for step in range(1, 100_000):
    store.write_losses(lease, step, [[step, -step]])
    store.write_frame(lease, b"frame" * 20_000)
    store.write_checkpoint(lease, step, step / 10, b"%08d" % step * 10_000)
    print(step, flush=True)
"""


@pytest.mark.processes
def test_kills_at_random_moments_lose_nothing_acknowledged(store: RunStore, path: Path, clock: Clock) -> None:
    chance = random.Random()
    for _ in range(2):
        runs = [store.create(EXPERIMENT) for _ in range(5)]
        writers = [child(WRITER, store.url, run.id) for run in runs]
        for run, writer in zip(runs, writers, strict=True):
            assert writer.stdout is not None
            told = [writer.stdout.readline()]
            time.sleep(chance.uniform(0, 0.2))
            writer.kill()
            told += writer.stdout.readlines()
            writer.stdout.close()
            writer.wait()
            acknowledged = max(int(line) for line in told if line.endswith(b"\n"))
            saved = store.checkpoint(run.id)
            assert saved is not None
            assert acknowledged <= saved.step <= acknowledged + 1
            assert saved.data == b"%08d" % saved.step * 10_000
            clock.advance(LEASE + 1)
            again(store, run)
            np.testing.assert_array_equal(store.losses(run.id), rows(1, saved.step + 1))
    assert sound(path)
