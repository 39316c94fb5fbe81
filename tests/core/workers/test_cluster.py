"""The scheduler and its workers, as real processes: training, priorities, and sudden deaths."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.errors import InputError
from core.experiment.experiment import Experiment
from core.problem.reading.reading import load
from core.references import Reference
from core.running.runner import run as train_here
from core.store import RunStore, classical
from core.workers import child_processes
from core.workers.cluster import Cluster, usual_workers
from tests.experiments import small

pytestmark = pytest.mark.processes

WARM = 150.0  # seconds for a worker to start on a busy machine
SECONDS = 40.0


def until(condition: Callable[[], Any], seconds: float = SECONDS) -> None:
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "This has not come about in time."
        time.sleep(0.005)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'runs.db'}"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two warm workers, shared by the tests of this file: a test leaves them as it finds them."""
    made = Cluster(url(tmp_path_factory.mktemp("cluster")), workers=2)
    made.start()
    until(lambda: made.workers == 2, WARM)
    yield made
    made.close()


@pytest.fixture
def store(cluster: Cluster) -> Iterator[RunStore]:
    """The shared cluster's store; whatever a test leaves unfinished is stopped."""
    yield cluster.store
    for run in cluster.store.runs():
        cluster.store.stop(run.id)
    until(lambda: all(ended(cluster.store, run.id) for run in cluster.store.runs()))


def ended(store: RunStore, run_id: str) -> bool:
    return store.get(run_id).status not in ("queued", "running")


def checkpoint(store: RunStore, run_id: str) -> bytes:
    saved = store.checkpoint(run_id)
    assert saved is not None
    return saved.data


def in_peace(store: RunStore, experiment: Experiment) -> bytes:
    """The checkpoint at the end of an uninterrupted run, trained in this process."""
    run_id = store.create(experiment).id
    assert train_here(store.url, run_id) == "done"
    return checkpoint(store, run_id)


def supervisor(cluster: Cluster) -> psutil.Process:
    heads = [child for child in psutil.Process().children() if "core.workers.supervisor" in child.cmdline()]
    (found,) = [head for head in heads if head.environ()["TANGENTE_STORE"] == cluster.store.url]
    return found


def workers(cluster: Cluster) -> list[psutil.Process]:
    return [child for child in supervisor(cluster).children() if "core.running.worker" in child.cmdline()]


def solver(cluster: Cluster) -> psutil.Process:
    (found,) = [child for child in supervisor(cluster).children() if "core.workers.solver" in child.cmdline()]
    return found


def test_a_submitted_run_is_trained_at_once(cluster: Cluster, store: RunStore, record_property: Callable[[str, object], None]) -> None:
    delays = []
    for _ in range(5):
        run_id = store.create(small(steps=300)).id
        begun = time.monotonic()
        cluster.submit(run_id)
        until(lambda run_id=run_id: store.get(run_id).step)  # type: ignore[misc]
        delays.append(time.monotonic() - begun)
        until(lambda run_id=run_id: ended(store, run_id))  # type: ignore[misc]
        assert store.get(run_id).status == "done"
    record_property("seconds from submitting to the first step", sorted(delays)[2])
    assert sorted(delays)[2] < 0.3


def test_a_run_that_nobody_submitted_is_taken_up(cluster: Cluster, store: RunStore) -> None:
    run_id = store.create(small(steps=20)).id
    until(lambda: ended(store, run_id))
    assert store.get(run_id).status == "done"


def test_pause_resume_and_one_step(cluster: Cluster, store: RunStore) -> None:
    experiment = small(steps=40)
    run_id = store.create(experiment, pause_at=10).id
    cluster.submit(run_id)
    until(lambda: store.get(run_id).status == "paused")
    assert store.get(run_id).step == 10
    store.resume(run_id, pause_at=11)
    cluster.submit(run_id)
    until(lambda: store.get(run_id).status == "paused")
    assert store.get(run_id).step == 11
    store.resume(run_id)
    cluster.submit(run_id)
    until(lambda: store.get(run_id).status == "done")
    assert checkpoint(store, run_id) == in_peace(store, experiment)


def test_a_run_resumed_the_moment_it_pauses_is_not_forgotten(cluster: Cluster, store: RunStore) -> None:
    run_id = store.create(small(steps=30), pause_at=1).id
    cluster.submit(run_id)
    for pause_at in range(2, 12):
        until(lambda: store.get(run_id).status == "paused")
        store.resume(run_id, pause_at=pause_at)
        begun = time.monotonic()
        cluster.submit(run_id)
        until(lambda: store.get(run_id).status == "paused")
        assert time.monotonic() - begun < 1.5  # sooner than the next look for forgotten runs
    assert store.get(run_id).step == 11
    store.stop(run_id)


def test_workers_tell_what_they_have(cluster: Cluster, store: RunStore) -> None:
    processors = [device for device in store.devices() if device.name == "cpu"]
    assert len(processors) == 2
    assert all(device.label for device in processors)


def test_the_process_that_submits_holds_no_torch(tmp_path: Path) -> None:
    code = f"""
import sys
from core.workers.cluster import Cluster, usual_workers
cluster = Cluster({url(tmp_path)!r}, workers=1)
cluster.start()
assert cluster.wait(150)
cluster.close()
sys.exit("torch" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], timeout=200, check=False).returncode == 0


def test_interactive_runs_go_before_queued_ones(cluster: Cluster, store: RunStore) -> None:
    blocking = [store.create(small(steps=200_000)).id for _ in range(2)]
    for run_id in blocking:
        cluster.submit(run_id)
    until(lambda: all(store.get(run_id).step for run_id in blocking))
    queued = [store.create(small(steps=400), interactive=False).id for _ in range(4)]
    for run_id in queued:
        cluster.submit(run_id, interactive=False)
    wanted = store.create(small(steps=20)).id
    cluster.submit(wanted)
    for run_id in blocking:
        store.stop(run_id)
    until(lambda: all(ended(store, run_id) for run_id in [*queued, wanted]))
    starts = {run_id: store.get(run_id).started or 0.0 for run_id in [*queued, wanted]}
    assert sum(start < starts[wanted] for start in starts.values()) <= 1  # two workers became free one after the other


def test_a_run_that_steps_aside_makes_room_at_once_and_is_not_resumed_by_itself(cluster: Cluster, store: RunStore) -> None:
    blocking = [store.create(small(steps=200_000)).id for _ in range(2)]
    for run_id in blocking:
        cluster.submit(run_id)
    until(lambda: all(store.get(run_id).step for run_id in blocking))
    wanted = store.create(small(steps=20)).id
    assert cluster.lacking(wanted) == 1 and cluster.lacking(blocking[0]) == 0
    store.pause(blocking[0])
    assert cluster.lacking(wanted) == 0  # it is about to end
    cluster.submit(wanted)
    until(lambda: store.get(wanted).status == "done")
    time.sleep(2.5)  # longer than between two looks for what nobody works on
    assert [store.get(run_id).status for run_id in blocking] == ["paused", "running"]
    store.resume(blocking[0])
    cluster.submit(blocking[0])
    until(lambda: store.get(blocking[0]).status == "running")


def test_a_continuation_trains_on_a_worker(cluster: Cluster, store: RunStore) -> None:
    parent = store.create(small(steps=40, learning_rate=1e-2)).id
    cluster.submit(parent)
    until(lambda: ended(store, parent))
    child = store.create(small(steps=5, optimiser="levenberg-marquardt"), parent=parent).id
    cluster.submit(child)
    until(lambda: ended(store, child))
    assert store.get(child).status == "done"
    assert store.losses(child)[-1].sum() < store.losses(parent)[-1].sum()


def test_a_second_server_on_the_same_store_trains_nothing_twice(cluster: Cluster, store: RunStore) -> None:
    second = Cluster(store.url, workers=1)
    second.start()
    try:
        assert second.wait(WARM)
        run_ids = [store.create(small(steps=500)).id for _ in range(4)]
        for run_id in run_ids:
            cluster.submit(run_id)
            second.submit(run_id)
        until(lambda: all(ended(store, run_id) for run_id in run_ids))
        assert [store.get(run_id).status for run_id in run_ids] == ["done"] * 4
        assert [store.get(run_id).attempts for run_id in run_ids] == [1] * 4
    finally:
        second.close()


def test_a_killed_workers_run_goes_on_elsewhere_with_the_same_bits(cluster: Cluster, store: RunStore) -> None:
    experiment = small("burgers", steps=1500, precision="float32")
    run_id = store.create(experiment, pause_at=60).id
    cluster.submit(run_id)
    until(lambda: store.get(run_id).status == "paused")  # a checkpoint to go on from
    store.resume(run_id)
    cluster.submit(run_id)
    until(lambda: store.get(run_id).step > 100)
    (victim,) = [worker for worker in workers(cluster) if worker.pid == owner(store, run_id)]
    victim.kill()
    until(lambda: ended(store, run_id))
    done = store.get(run_id)
    assert (done.status, done.attempts) == ("done", 3)
    assert len(store.losses(run_id)) == 1501  # of the untrained network, and after each step
    assert checkpoint(store, run_id) == in_peace(store, experiment)
    until(lambda: cluster.workers == 2, WARM)  # and the dead worker has a successor


def owner(store: RunStore, run_id: str) -> int:
    """The process that works on a run."""
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection:
        (name,) = connection.execute("SELECT owner FROM runs WHERE id = ?", [run_id]).fetchone()
    return int(name.rpartition(":")[2])


def test_a_killed_supervisor_is_replaced_and_its_workers_are_gone(cluster: Cluster, store: RunStore) -> None:
    run_id = store.create(small("burgers", steps=800, precision="float32")).id
    cluster.submit(run_id)
    until(lambda: store.get(run_id).step)
    head, crew = supervisor(cluster), workers(cluster)
    head.kill()
    _, alive = psutil.wait_procs(crew, timeout=3)
    assert alive == []
    until(lambda: ended(store, run_id), WARM)
    assert store.get(run_id).status == "done"
    until(lambda: cluster.workers == 2, WARM)


def test_a_reference_is_solved_beside_the_workers_and_not_by_them(cluster: Cluster, store: RunStore) -> None:
    busy = [store.create(small(steps=200_000)).id for _ in range(2)]
    for run_id in busy:
        cluster.submit(run_id)
    until(lambda: all(store.get(run_id).step for run_id in busy))
    assert cluster.workers == 2  # the solver is none
    problem = load("lotka-volterra")
    begun = time.monotonic()
    for _ in range(3):
        cluster.solve_reference(problem, {})
    assert time.monotonic() - begun < 1
    assert store.references.waiting() == [classical.key(problem, {})]
    until(lambda: classical.known(store, problem, {}))
    assert isinstance(classical.known(store, problem, {}), Reference)
    assert all(store.get(run_id).status == "running" for run_id in busy)


def test_a_killed_solver_is_replaced_and_goes_on_with_its_question(cluster: Cluster, store: RunStore) -> None:
    problem = load("van-der-pol")
    victim = solver(cluster)
    victim.suspend()
    cluster.solve_reference(problem, {})
    name = victim.cmdline()[victim.cmdline().index("--name") + 1]
    held = store.references.take(name, classical.HELD)  # as if it had begun
    assert held is not None
    begun = time.monotonic()
    victim.kill()
    until(lambda: classical.known(store, problem, {}), WARM)
    assert isinstance(classical.known(store, problem, {}), Reference)
    assert time.monotonic() - begun < classical.HELD  # it has not waited for the other's time to be over
    assert cluster.workers == 2


def test_where_the_workers_are_elsewhere_the_supervisor_keeps_the_solver_alone(tmp_path: Path) -> None:
    store = RunStore(url(tmp_path))
    head = child_processes.start("core.workers.supervisor", "0", store_url=store.url, stdout=subprocess.PIPE)
    assert head.stdin is not None
    assert head.stdout is not None
    try:
        assert head.stdout.readline() == b'{"address": null}\n'
        classical.ask(store, load("van-der-pol"), {})
        until(lambda: classical.known(store, load("van-der-pol"), {}), WARM)
        crew = psutil.Process(head.pid).children()
        assert len(crew) == 1
    finally:
        head.stdin.close()
        head.stdout.close()
        head.wait(10)
    assert psutil.wait_procs(crew, timeout=3)[1] == []


def start_server(store_url: str) -> psutil.Popen:
    """What a server does for training, in a process that can be killed."""
    code = f"""
import time
from core.workers.cluster import Cluster, usual_workers
Cluster({store_url!r}, workers=1).start()
time.sleep(600)
"""
    return psutil.Popen([sys.executable, "-c", code])


def kill_with_family(server: psutil.Popen) -> None:
    """Kill a server, scheduler and worker included in what must end."""
    family = server.children(recursive=True)
    assert len(family) == 3  # supervisor, worker, solver
    server.kill()  # SIGKILL, where there is one
    server.wait()
    _, alive = psutil.wait_procs(family, timeout=3)
    assert alive == []


def test_a_server_killed_while_its_workers_start_leaves_no_process_behind(tmp_path: Path) -> None:
    server = start_server(url(tmp_path))
    until(lambda: len(server.children(recursive=True)) == 3)
    time.sleep(0.3)  # amid the imports
    kill_with_family(server)


def test_a_killed_server_leaves_no_process_behind_and_the_next_goes_on(tmp_path: Path) -> None:
    store = RunStore(url(tmp_path))
    experiment = small("burgers", steps=800, precision="float32")
    run_id = store.create(experiment).id
    server = start_server(store.url)
    until(lambda: store.get(run_id).step, WARM)
    kill_with_family(server)
    following = Cluster(store.url, workers=1)
    following.start()
    try:
        until(lambda: ended(store, run_id), WARM)
        assert store.get(run_id).status == "done"
        assert checkpoint(store, run_id) == in_peace(store, experiment)
    finally:
        following.close()


def test_closing_ends_what_was_started(tmp_path: Path) -> None:
    made = Cluster(url(tmp_path), workers=1)
    made.start()
    assert made.wait(WARM)
    family = [supervisor(made), *workers(made), solver(made)]
    made.close()
    _, alive = psutil.wait_procs(family, timeout=3)
    assert alive == []


def test_a_scheduler_elsewhere_is_refused_while_the_store_is_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SQLite"):
        Cluster(url(tmp_path), scheduler="tcp://192.0.2.1:8786")


def test_workers_that_do_not_start_are_reported_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "torch.py").write_text("raise ImportError('libtorch is broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    made = Cluster(url(tmp_path), workers=1)
    made.start()
    try:
        until(lambda: made.problem, WARM)
        assert made.problem is not None
        assert made.problem.code == "workers-do-not-start"
        assert "libtorch is broken" in made.problem.message
        assert "runs.db.log" in made.problem.message
    finally:
        made.close()


SCHEDULER = """
import asyncio
from distributed import Scheduler
from core.running.dask_settings import configure

async def serve():
    async with Scheduler(host="127.0.0.1", port=PORT, dashboard=False, dashboard_address="127.0.0.1:0") as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()

configure()
asyncio.run(serve())
"""


def start_scheduler(port: int = 0) -> tuple[subprocess.Popen[str], str]:
    """A scheduler without workers, as it would be on another machine, and its address."""
    code = SCHEDULER.replace("PORT", str(port))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        return process, process.stdout.readline().strip()


def test_a_scheduler_elsewhere_without_workers_or_lost_is_told_within_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunStore, "shared", True)  # on one machine, a file is
    scheduler, address = start_scheduler()
    made = Cluster(url(tmp_path), scheduler=address)
    made.start()
    try:
        until(lambda: made.problem, 15.0)
        assert made.problem is not None and made.problem.code == "scheduler-without-workers"
        assert f"worker {address}" in made.problem.message
        scheduler.kill()
        scheduler.wait()
        until(lambda: made.problem is not None and made.problem.code != "scheduler-without-workers", 5.0)
        for _ in range(100):  # nor does it forget while it looks for the scheduler
            assert made.problem is not None and made.problem.code in ("scheduler-lost", "scheduler-unreachable")
            time.sleep(0.1)
        scheduler, _same = start_scheduler(int(address.rsplit(":", 1)[1]))
        until(lambda: made.problem is not None and made.problem.code == "scheduler-without-workers", 30.0)
    finally:
        made.close()
        scheduler.kill()
        scheduler.wait()


def test_a_scheduler_that_is_not_there_is_told_within_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunStore, "shared", True)
    made = Cluster(url(tmp_path), scheduler="tcp://127.0.0.1:9")
    made.start()
    try:
        time.sleep(5.0)
        assert made.problem is not None and made.problem.code == "scheduler-unreachable"
    finally:
        made.close()


def test_as_many_workers_as_cores_but_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, workers in ((1, 1), (2, 2), (4, 4), (64, 4)):
        monkeypatch.setattr("core.workers.cluster.CPU_COUNT", cores)
        assert usual_workers() == workers
