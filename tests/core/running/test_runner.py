"""A worker and a run: what is written, when it ends, what it obeys. In this process, on a real store."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core import references
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.optimisers.adam import Adam
from core.problem.reading.reading import problem_from_table
from core.references import Reference
from core.running import recorder
from core.running.recorder import Diverged
from core.running.runner import run
from core.store import Run, RunStore, classical, moments
from core.store.frames import unpack
from core.training import training
from tests.experiments import small

LONG = 200_000
"""Steps that no test waits for."""


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(f"sqlite:///{tmp_path / 'runs.db'}")


def until(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "This has not come about in time."
        time.sleep(0.01)


def train(store: RunStore, experiment: Experiment, **options: Any) -> Run:
    made = store.create(experiment, **options)
    run(store.url, made.id)
    return store.get(made.id)


def checkpoint(store: RunStore, run_id: str) -> bytes:
    saved = store.checkpoint(run_id)
    assert saved is not None
    return saved.data


@pytest.fixture
def in_background(store: RunStore) -> Iterator[Callable[[str], threading.Thread]]:
    """Trains in a thread; whatever still trains when a test ends, or fails, is stopped."""
    started: list[tuple[str, threading.Thread]] = []

    def start(run_id: str) -> threading.Thread:
        thread = threading.Thread(target=run, args=(store.url, run_id))
        thread.start()
        started.append((run_id, thread))
        return thread

    yield start
    for run_id, thread in started:
        store.stop(run_id)
        thread.join()


def test_a_run_is_recorded_in_full(store: RunStore) -> None:
    done = train(store, small(steps=30))
    assert (done.status, done.step, done.error) == ("done", 30, None)
    assert done.seconds > 0
    losses = store.losses(done.id)
    assert losses.shape == (31, 2)  # those of the untrained network, and after each step
    assert done.losses is not None
    assert list(done.losses.values()) == pytest.approx(losses[-1])
    assert done.loss == pytest.approx(float(np.dot(losses[-1], [weight for _, weight in done.experiment.weights])))
    assert done.relative_l2 is not None
    assert done.relative_l2["u"] is not None
    saved = store.checkpoint(done.id)
    assert saved is not None
    assert saved.step == 30


def test_a_run_that_is_done_has_found_its_reference_and_is_scored(store: RunStore) -> None:
    experiment = small("pendulum", steps=3)
    done = train(store, experiment)
    answer = classical.known(store, experiment.problem, dict(experiment.values))
    assert isinstance(answer, Reference)
    assert done.relative_l2 is not None
    assert all(score is not None and score > answer.error for score in done.relative_l2.values())
    kept = store.frame(done.id)
    assert kept is not None
    told = {"evidence": asdict(answer.evidence), "solutions": 1, "nearest": 1}
    assert unpack(kept[1])[0]["reference"] == {"method": answer.method, "error": answer.error, "seconds": answer.seconds, **told}


def test_a_run_that_is_done_leaves_the_weights_that_did_best(store: RunStore) -> None:
    experiment = small("decay", optimiser="levenberg-marquardt", resampling="adapt", period=5, points=10, steps=60)
    *_, end = training.train(experiment)
    best = end.best().network
    done = train(store, experiment)
    saved, kept = store.checkpoint(done.id), store.frame(done.id)
    assert saved is not None and kept is not None
    found = training.restore(experiment, saved, torch.device("cpu"))
    points = torch.linspace(0, 1, 7, dtype=torch.float64)[:, None]
    assert torch.equal(found(points), best(points))
    solution, axis = (torch.tensor(unpack(kept[1])[1][name]).double() for name in ("solution.u", "axis.t"))
    torch.testing.assert_close(best(axis[:, None])[:, 0].detach(), solution, rtol=1e-5, atol=1e-6)
    assert not torch.equal(best(points), end.network(points))  # else this says nothing
    header, fields = moments.unpack(store.moment(done.id, end.step))
    assert (header["best"], header["step"], header["status"]) == (end.best().best_step, end.step, "done")
    assert header["best"] < end.step
    np.testing.assert_allclose(fields["solution.u"], solution.numpy(), atol=1e-4)
    losses = training.Losses(experiment, torch.device("cpu"))
    assert header["loss"] == done.loss == pytest.approx(losses.total(end.best().losses).item(), rel=1e-6)


def test_a_run_never_waits_for_a_reference_that_is_not_there_yet(
    store: RunStore, in_background: Callable[[str], threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "solve", lambda *given: pytest.fail("solved while it trains"))
    experiment = small("pendulum", steps=LONG)
    made = store.create(experiment).id
    thread = in_background(made)
    until(lambda: store.steps(made))
    key = classical.key(experiment.problem, dict(experiment.values))
    assert store.references.waiting() == [key]  # a solver is asked to see to it
    header, fields = newest(store, made)
    assert header["reference"] is None and not [name for name in fields if name.startswith("error")]
    found = Reference("initial-value", np.ones((401, len(experiment.bound.unknowns))), 0.0, 1.5)
    store.references.write(key, found)
    until(lambda: newest(store, made)[0]["reference"])
    header, fields = newest(store, made)
    told = {"evidence": {"points": 0, "second": ""}, "solutions": 1, "nearest": 1}
    assert header["reference"] == {"method": "initial-value", "error": 0.0, "seconds": 1.5, **told}
    assert [name for name in fields if name.startswith("error")]
    store.stop(made)
    thread.join()
    assert store.get(made).relative_l2 != dict.fromkeys(experiment.bound.unknowns)


def newest(store: RunStore, run_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the fields of the moment that was written last."""
    return moments.unpack(store.moments(run_id, store.newest_moment(run_id) - 1)[-1][2])


def test_who_pauses_a_run_does_not_wait_for_its_reference(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "solve", lambda *given: pytest.fail("solved for a pause"))
    experiment = small("pendulum", steps=30)
    paused = train(store, experiment, pause_at=1)
    assert (paused.status, paused.error) == ("paused", None)
    assert paused.relative_l2 == dict.fromkeys(experiment.bound.unknowns)


def test_a_run_whose_problem_has_no_reference_says_why(store: RunStore) -> None:
    done = train(store, equation("u_t = -u", steps=3))
    assert done.status == "done"
    assert done.relative_l2 == {"u": None}
    kept = store.frame(done.id)
    assert kept is not None
    assert unpack(kept[1])[0]["reference"] == {"code": "reference-off", "values": {}}


def test_the_last_frame_is_there_though_nobody_watched(store: RunStore) -> None:
    done = train(store, small(steps=30))
    kept = store.frame(done.id)
    assert kept is not None
    header, arrays = unpack(kept[1])
    assert (header["run"], header["status"], header["step"]) == (done.id, "done", 30)
    assert len(arrays["solution.u"]) == 401
    assert arrays["loss.steps"].tolist() == list(range(31))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let films take whatever time they need at their end, however slow the machine is."""
    monkeypatch.setattr(recorder, "_REST", 100.0)
    monkeypatch.setattr(recorder, "_REST_AT_REST", 100.0)


def film(store: RunStore, run_id: str) -> list[dict[str, Any]]:
    """The headers of a run's film, step by step."""
    return store.headers(run_id)


@pytest.mark.usefixtures("patient")
def test_a_film_begins_with_the_untrained_network_and_has_each_of_the_first_steps(store: RunStore) -> None:
    done = train(store, small(steps=105))
    headers = film(store, done.id)
    steps = [header["step"] for header in headers]
    assert steps[:33] == list(range(33)) and steps[-1] == 105
    assert set(steps) >= {38, 46, 56, 68, 83, 100}  # evenly on a log axis, whatever they change
    assert headers[0]["change"] is None and all(header["change"] > 0 for header in headers[1:])
    assert [header["status"] for header in headers] == ["running"] * (len(steps) - 1) + ["done"]
    seconds = [header["seconds"] for header in headers]
    assert seconds[0] == 0 and seconds == sorted(seconds)


@pytest.mark.usefixtures("patient")
def test_every_moment_shows_its_own_weights_and_their_losses(store: RunStore) -> None:
    experiment = small(steps=40)
    done = train(store, experiment)
    snapshots = training.train(experiment)
    losses = training.Losses(experiment, torch.device("cpu"))
    kept = {header["step"]: header for header in film(store, done.id)}
    for snapshot in snapshots:
        if snapshot.step == 40 or snapshot.step not in kept:
            continue
        _, fields = moments.unpack(store.moment(done.id, snapshot.step))
        axis = torch.linspace(0, 1, len(fields["solution.u"]), dtype=torch.float64) * done.experiment.bound.coordinates[0].high
        with torch.no_grad():
            shown = snapshot.network(axis[:, None])[:, 0].numpy()
        np.testing.assert_allclose(fields["solution.u"], shown, atol=2e-5 * np.ptp(shown) + 1e-12)
        assert kept[snapshot.step]["loss"] == pytest.approx(losses.total(snapshot.losses).item(), rel=1e-5)


@pytest.mark.usefixtures("patient")
def test_who_looks_gets_the_film_that_nobody_looking_gets(store: RunStore) -> None:
    alone = train(store, small(steps=60))
    watched = store.create(small(steps=60))
    over, looks = threading.Event(), 0

    def look() -> None:
        nonlocal looks
        while not over.is_set():
            looks += bool(store.moments(watched.id)) and store.losses(watched.id).ndim == 2

    looking = threading.Thread(target=look)
    looking.start()
    run(store.url, watched.id)
    over.set()
    looking.join()
    assert looks > 0
    assert checkpoint(store, watched.id) == checkpoint(store, alone.id)
    assert len(film(store, watched.id)) > 33 and len(film(store, alone.id)) > 33


@pytest.mark.usefixtures("patient")
def test_a_run_that_goes_on_goes_on_with_its_film(store: RunStore) -> None:
    paused = train(store, small(steps=30), pause_at=7)
    headers = film(store, paused.id)
    assert [header["step"] for header in headers] == list(range(8)) and headers[-1]["status"] == "paused"
    assert len(store.losses(paused.id)) == 8
    store.resume(paused.id)
    run(store.url, paused.id)
    headers = film(store, paused.id)
    assert [header["step"] for header in headers] == list(range(31)) and all(header["change"] > 0 for header in headers[1:])


def test_the_network_is_seen_before_the_first_step_is_taken(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    made = store.create(small(steps=3)).id
    seen: list[list[int]] = []
    step = Adam.step
    monkeypatch.setattr(Adam, "step", lambda *given: (seen.append(store.steps(made)), step(*given))[1])
    run(store.url, made)
    assert seen[0] == [0]


def test_a_run_that_fails_ends_its_film_where_it_stands(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    step = Adam.step

    def failing(*given: Any) -> Any:
        if len(store.steps(made)) > 0 and (calls.append(1) or len(calls)) > 9:
            raise ValueError("broken")
        return step(*given)

    calls: list[int] = []
    made = store.create(small(steps=30)).id
    monkeypatch.setattr(Adam, "step", failing)
    assert run(store.url, made) == "failed"
    headers = film(store, made)
    assert (headers[0]["step"], headers[-1]["step"], headers[-1]["status"]) == (0, 8, "failed")


def test_one_step_is_one_step(store: RunStore) -> None:
    paused = train(store, small(steps=30), pause_at=1)
    assert (paused.status, paused.step, len(store.losses(paused.id))) == ("paused", 1, 2)
    store.resume(paused.id, pause_at=2)
    assert run(store.url, paused.id) == "paused"
    assert store.get(paused.id).step == 2


def test_the_last_step_ends_a_run_that_was_to_pause_there(store: RunStore) -> None:
    assert train(store, small(steps=5), pause_at=5).status == "done"


def test_paused_and_resumed_gives_the_same_bits_as_never_paused(store: RunStore) -> None:
    whole = train(store, small(steps=30))
    parts = train(store, small(steps=30), pause_at=7)
    for pause_at in (8, 20, None):
        store.resume(parts.id, pause_at=pause_at)
        run(store.url, parts.id)
    assert store.get(parts.id).status == "done"
    assert checkpoint(store, parts.id) == checkpoint(store, whole.id)
    np.testing.assert_array_equal(store.losses(parts.id), store.losses(whole.id))


@pytest.mark.parametrize(("wish", "status"), [(RunStore.pause, "paused"), (RunStore.stop, "stopped")])
def test_a_wish_is_obeyed_within_a_second_and_nothing_is_lost(
    store: RunStore, in_background: Callable[[str], threading.Thread], wish: Callable[[RunStore, str], object], status: str
) -> None:
    made = store.create(small(steps=LONG)).id
    thread = in_background(made)
    until(lambda: store.get(made).step > 10)
    wished = time.monotonic()
    wish(store, made)
    thread.join()
    assert time.monotonic() - wished < 1.5
    ended = store.get(made)
    saved = store.checkpoint(made)
    assert saved is not None
    assert (ended.status, saved.step, len(store.losses(made))) == (status, ended.step, ended.step + 1)
    header = film(store, made)[-1]
    assert (header["status"], header["step"]) == (status, ended.step)


def expire(store: RunStore, run_id: str) -> None:
    """End a run's lease now, as time would."""
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE runs SET leased_until = 0 WHERE id = ?", [run_id])


def take_over(store: RunStore, run_id: str) -> None:
    """Lease a run as if its worker were dead."""
    lease = None
    while lease is None:
        expire(store, run_id)
        lease = store.lease(run_id, "another")


def equation(text: str, **settings: Any) -> Experiment:
    table = {"coordinates": {"t": [0, 1]}, "unknowns": ["u"], "equations": [text], "conditions": ["u(0) = 100"], "reference": "none"}
    return experiment_of(problem_from_table(table), {}, {"depth": 1, "width": 4, "points": 10, "steps": LONG, **settings})


def test_a_diverging_run_says_where_and_keeps_its_history(store: RunStore) -> None:
    ended = train(
        store, equation("u_t = log(2 - u)", learning_rate=0.1, constraints="soft")
    )  # real until the network comes near its condition
    assert ended.status == "diverged"
    assert ended.error is not None
    assert ended.error["code"] == "diverged"
    first = ended.error["values"]["step"]
    losses = store.losses(ended.id)
    assert len(losses) == first - 1 > 0
    assert np.isfinite(losses).all()
    header = film(store, ended.id)[-1]
    assert (header["status"], header["step"]) == ("diverged", first)


def test_a_loss_that_never_was_a_number_diverges_at_the_first_step(store: RunStore) -> None:
    ended = train(store, equation("u_t = log(-1 - u^2)"))
    assert ended.error == {"code": "diverged", "values": {"step": 1}}
    assert store.checkpoint(ended.id) is None


def test_a_device_that_has_vanished_is_said_and_not_replaced(store: RunStore) -> None:
    ended = train(store, small(device="cuda:15"))
    assert ended.status == "failed"
    assert ended.error is not None
    assert ended.error["code"] == "device-missing"
    assert ended.error["values"]["device"] == "cuda:15"
    assert ended.step == 0


def test_a_worker_whose_lease_was_lost_stops_and_spoils_nothing(store: RunStore, in_background: Callable[[str], threading.Thread]) -> None:
    made = store.create(small(steps=LONG)).id
    thread = in_background(made)
    until(lambda: store.get(made).step > 10)
    take_over(store, made)
    thread.join(5)
    assert not thread.is_alive()
    assert store.get(made).status == "running"


def test_a_run_that_another_works_on_is_left_to_it(store: RunStore, in_background: Callable[[str], threading.Thread]) -> None:
    made = store.create(small(steps=LONG)).id
    first, second = in_background(made), in_background(made)
    until(lambda: store.get(made).step > 10)
    until(lambda: not (first.is_alive() and second.is_alive()), 5)  # one of them gives way
    assert store.get(made).status == "running"
    store.stop(made)
    first.join(5)
    second.join(5)
    assert (first.is_alive(), second.is_alive()) == (False, False)
    assert store.get(made).attempts == 1


def test_a_run_that_keeps_ending_its_worker_is_given_up(store: RunStore) -> None:
    made = store.create(small(steps=LONG)).id
    for _ in range(31):
        take_over(store, made)
    expire(store, made)
    assert run(store.url, made) == "failed"
    ended = store.get(made)
    assert ended.error is not None
    assert ended.error["code"] == "keeps-failing"


def test_the_run_of_a_dead_worker_is_taken_up_when_its_lease_ends(store: RunStore) -> None:
    made = store.create(small(steps=5)).id
    assert store.lease(made, "a worker that dies now")
    begun = time.monotonic()
    assert run(store.url, made) == "done"
    assert 2 < time.monotonic() - begun < 4.5


@pytest.mark.processes
@pytest.mark.skipif(os.name != "posix", reason="the limit on the size of files is one of POSIX")
def test_a_full_disk_ends_the_training_and_keeps_what_was_saved(store: RunStore) -> None:
    """A limit on the size of files stands for the full disk: SQLite meets it at the same calls."""
    made = store.create(small(steps=LONG), pause_at=20).id
    run(store.url, made)
    kept = checkpoint(store, made)
    store.resume(made)
    code = f"""
import resource
from core.errors import RunError
from core.running.runner import run
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
try:
    print(run({store.url!r}, {made!r}))
except RunError as error:
    print(error.code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() in ("disk-full", "failed")
    after = store.get(made)
    assert (after.error or {"code": "disk-full"})["code"] == "disk-full"
    assert len(store.losses(made)) >= 20
    saved = store.checkpoint(made)
    assert saved is not None
    assert saved.step > 20 or saved.data == kept
    if after.status == "failed":
        store.resume(made, pause_at=saved.step + 1)
    else:
        expire(store, made)
        store.pause(made)
    assert run(store.url, made) == "paused"  # it goes on where there is room again


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"optimiser": "adam", "precision": "float32"}, "diverged-rate-digits"),
        ({"optimiser": "adam", "precision": "float64"}, "diverged-rate"),
        ({"optimiser": "lbfgs", "precision": "float32"}, "diverged-digits"),
        ({"optimiser": "lbfgs", "precision": "float64"}, "diverged"),
        ({"optimiser": "adam 10, lbfgs", "precision": "float64"}, "diverged-rate"),
    ],
)
def test_a_run_that_diverged_is_advised_by_its_own_settings(settings: dict[str, Any], code: str) -> None:
    error = Diverged(7).told(small(**settings, learning_rate=0.01))
    assert error.code == code and "step 7" in error.message
    assert ("0.01" in error.message, "float64" in error.message) == ("rate" in code, "digits" in code)
