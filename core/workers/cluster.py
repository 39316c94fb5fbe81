"""The workers: a scheduler and worker processes of one's own, or a Dask cluster elsewhere, by its address.

A server starts one `Cluster`. It hands over runs by `submit`, and takes up by itself whatever unfinished run of the store nobody works on:
what was queued before the workers were ready, and what a server or a worker that was killed has left behind. Several clusters may do so on
one store; the lease sees to it that only one worker trains a run.

Beside the workers a cluster keeps a solver (`core.workers.solver`) on its own machine, also where the scheduler is elsewhere. It takes its
questions from the store, not from Dask; more of them may be started anywhere by `python -m core.workers.solver --store URL`.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from dask._task_spec import Task
from dask.system import CPU_COUNT
from distributed import Client, Future
from platformdirs import user_log_path
from sqlalchemy import make_url

from core.errors import InputError, RunError, TangenteError
from core.problem.problem import Problem
from core.running.dask_settings import configure
from core.store import Run, RunStore, classical
from core.workers import child_processes

_ADOPT_EVERY = 2.0  # seconds
_CONNECT = 20.0  # seconds
_ELSEWHERE = 3.0  # seconds for a scheduler elsewhere to answer, which is there already: a page tells within 5 s that it is not
_CLOSE = 5.0  # seconds
_LOG_BYTES = 1_000_000
_FAILURES = 3  # starts of a worker that may fail before it is called a fault


def work(store_url: str, run_id: str) -> str:
    """Train a run, in a worker; the final status."""
    from core.running.runner import run  # torch: never in the process that submits

    return run(store_url, run_id)


MOST = 4
"""Workers of one's own, unless more are asked for: each holds 250 to 400 MB."""


def usual_workers() -> int:
    """How many workers of its own a cluster has, where nobody says: one a core, but not too many."""
    return min(CPU_COUNT, MOST)


class Cluster:
    """Workers for one store: `workers` processes of one's own, or those of the scheduler at the address `scheduler`."""

    def __init__(self, store_url: str, scheduler: str | None = None, workers: int | None = None) -> None:
        self.store = RunStore(store_url)
        if scheduler is not None and not self.store.shared:
            raise InputError("scheduler-without-shared-store", scheduler=scheduler)
        self._address = scheduler
        self._own = _Own(self.store.url, 0 if scheduler is not None else workers or usual_workers())
        self._client: Client | None = None
        self._futures: dict[str, Future[str]] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="cluster", daemon=True)
        self._out_of_reach: TangenteError | None = None
        self._unrecorded: TangenteError | None = None

    @property
    def problem(self) -> TangenteError | None:
        """Why nothing trains, or why the last run could not even be recorded as failed; None while all is well."""
        return self._own.problem or self._out_of_reach or self._alone or self._unrecorded

    @property
    def _alone(self) -> TangenteError | None:
        """The error that a scheduler elsewhere is lost, or has no worker; None if all is well."""
        client = self._client
        if self._address is None or client is None:
            return None
        there = client.scheduler_info().get("workers")  # absent from the moment at which the scheduler is lost
        if client.status != "running" or there is None:
            return RunError("scheduler-lost", address=self._address)
        return None if there else RunError("scheduler-without-workers", address=self._address)

    def start(self) -> None:
        """Start in the background; whatever is submitted before the workers are there waits for them in the store."""
        configure()
        self._thread.start()

    def wait(self, timeout: float) -> bool:
        """Wait until a worker is there, at most `timeout` seconds; whether there is one."""
        patience = time.monotonic() + timeout
        while not self.workers and time.monotonic() < patience:
            time.sleep(0.02)
        return self.workers > 0

    @property
    def workers(self) -> int:
        """How many workers are there."""
        client = self._client
        if client is None:
            return 0
        return self._own.count if self._address is None else len(client.scheduler_info().get("workers", ()))

    def lacking(self, run_id: str) -> int:
        """How many runs that train would have to end for a queued run to begin at once; those that are about to, count as ended."""
        known = self.store.working()
        trained = [run for run in known if run.status == "running" and (run.pause_at is None or run.pause_at > run.step)]
        before = [run.id for run in known if run.status == "queued"]
        if run_id not in before:
            return 0
        return max(0, before.index(run_id) + 1 - max(0, self.workers - len(trained)))

    def submit(self, run_id: str, interactive: bool = True) -> None:
        """Have a queued run trained as soon as a worker is free; interactive ones go before the others."""
        run = self.store.get(run_id)
        if run.status == "queued":
            self._submit(run, interactive)

    def solve_reference(self, problem: Problem, values: Mapping[str, float], *, again: bool = False) -> None:
        """Have a problem solved classically, and return at once: the answer comes into the store, see `core.store.classical`."""
        classical.ask(self.store, problem, values, again=again)

    def close(self) -> None:
        """End what was started here; runs stay in the store as they are, to be taken up by the next."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(_CONNECT)
        self._disconnect()
        self._own.close()

    def _submit(self, run: Run, interactive: bool) -> None:
        # A key a lease: whoever submits the run between two leases names the same task, which Dask then runs once. After a pause the old
        # task may still be ending; resuming must not be merged with it.
        key = f"run-{run.id}-{run.attempts}"
        with self._lock:
            held = self._futures.get(run.id)
            if self._client is None or (held is not None and held.key == key and held.status == "pending"):
                return
            # Marked as a producer of data, a task is queued in the scheduler by priority rather than dealt out to workers at once.
            task = Task(key, work, self.store.url, run.id, _data_producer=True)
            future = self._client.get({key: task}, key, sync=False, priority=int(interactive), resources=self._resources(run))
            self._futures[run.id] = future
        future.add_done_callback(lambda done: self._ended(run.id, done))

    def _resources(self, run: Run) -> dict[str, float] | None:
        """What a worker must have for this run: its device, if any worker has it; else whichever takes the run says that it is missing."""
        device = run.experiment.device
        if device != "cpu" and any(known.name == device for known in self.store.devices()):
            return {device: 1.0}
        return None

    def _ended(self, run_id: str, future: Future[str]) -> None:
        with self._lock:
            if self._futures.get(run_id) is future:
                del self._futures[run_id]
        if future.status == "error":
            error = future.exception()
            self._unrecorded = error if isinstance(error, TangenteError) else RunError("worker-error", reason=str(error))
        elif future.status == "finished":
            self._unrecorded = None
            self._again(run_id)
        future.release()

    def _again(self, run_id: str) -> None:
        """Go on at once with a run that was resumed while its worker was still pausing it."""
        with suppress(TangenteError):  # deleted, or out of reach: the next look for unfinished runs will tell
            run = self.store.get(run_id)
            self.submit(run_id, run.interactive)

    def _keep(self) -> None:
        """Connect, and connect again to whatever has been lost; take up what nobody works on."""
        while not self._ending.is_set():
            try:
                self._connect()
                for run in self.store.claimable():
                    self._submit(run, run.interactive)
                self._out_of_reach = None
            except TangenteError as error:
                self._out_of_reach = error
            self._ending.wait(_ADOPT_EVERY)

    def _connect(self) -> None:
        if self._client is not None and self._client.status == "running" and self._own.alive:
            return
        self._out_of_reach = self._out_of_reach or self._alone  # until it is there again
        self._disconnect()
        address = self._scheduler()
        timeout = _CONNECT if self._address is None else _ELSEWHERE
        try:
            client = Client(address, timeout=timeout, set_as_default=False, name="tangente")
        except (OSError, ValueError) as error:
            raise RunError("scheduler-unreachable", address=address, reason=str(error)) from error
        with self._lock:
            self._client = client

    def _scheduler(self) -> str:
        """The scheduler's address, once what is to run on this machine has been started."""
        if self._address is None:
            return str(self._own.start())
        if not self._own.alive:
            self._own.start()
        return self._address

    def _disconnect(self) -> None:
        with self._lock:
            client, self._client = self._client, None
            self._futures.clear()
        if client is not None:
            with suppress(OSError, TimeoutError):
                client.close(timeout=_CLOSE)


class _Own:
    """The supervisor process of one's own, and what it reports."""

    def __init__(self, store_url: str, workers: int) -> None:
        self._store_url, self._workers = store_url, workers
        self._process: subprocess.Popen[bytes] | None = None
        self._log = log_path(store_url)
        self.count, self.failures = 0, 0

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def problem(self) -> TangenteError | None:
        """The error that workers do not start, with the last they said."""
        if self.failures < _FAILURES:
            return None
        return RunError("workers-do-not-start", log=str(self._log), reason=_last_line(self._log))

    def start(self) -> str | None:
        """Start the solver and, where there are workers to be, a scheduler and them; the scheduler's address, if any."""
        self.close()
        with _open_log(self._log) as log:
            self._process = child_processes.start(
                "core.workers.supervisor", str(self._workers), store_url=self._store_url, stdout=subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        first = self._process.stdout.readline()
        if not first:
            raise RunError("workers-do-not-start", log=str(self._log), reason=_last_line(self._log))
        threading.Thread(target=self._listen, args=(self._process.stdout,), name="supervisor-reports", daemon=True).start()
        address: str | None = json.loads(first)["address"]
        return address

    def _listen(self, stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                report = json.loads(line)
                self.count, self.failures = report["workers"], report["failures"]

    def close(self) -> None:
        self.count, self.failures = 0, 0
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()  # this is what ends it, see core.workers.child_processes
        try:
            process.wait(_CLOSE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def log_path(store_url: str) -> Path:
    """Where the workers of a store write what goes wrong: beside an SQLite file, else in the user's log folder."""
    url = make_url(store_url)
    if url.get_backend_name() == "sqlite":
        return Path(f"{url.database}.log")
    return user_log_path("tangente", appauthor=False) / "workers.log"


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    too_long = path.exists() and path.stat().st_size > _LOG_BYTES
    return path.open("wb" if too_long else "ab")


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").split("\n") if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
