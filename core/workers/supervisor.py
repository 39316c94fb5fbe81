"""The process between a server and those who work for it: it holds the scheduler, and starts again a worker or the solver that has died.

`python -m core.workers.supervisor WORKERS` is started by `core.workers.cluster`; where the workers are elsewhere, 0, it keeps the solver
alone and no scheduler. It tells its parent on standard output, one JSON object a line: `{"address": …}` once the scheduler listens, then,
whenever the number of workers that work or of starts that failed in a row has changed, both: `{"workers": n, "failures": m}`."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from typing import Any, NoReturn

from distributed import Scheduler

from core.running.dask_settings import configure
from core.store import default_url
from core.workers.child_processes import start

_NO_HTTP = "127.0.0.1:0"
_LIVED = 5.0  # seconds a worker must have worked for its death to count as an accident, not as a failure to start
_LONGEST_PAUSE = 30.0  # seconds between two starts of a worker that fails to start


class Supervisor:
    """Keeps a number of workers alive beside a scheduler."""

    def __init__(self, scheduler: Any, store_url: str) -> None:
        self._scheduler = scheduler
        self._store_url = store_url
        self._failures = 0

    async def keep(self, index: int) -> None:
        """Start worker number `index`, and again whenever it has died; wait longer each time that it could not even start."""
        life, failures = 0, 0
        while True:
            name = f"{index}.{life}"
            begun = time.monotonic()
            child = start("core.running.worker", self._scheduler.address, "--name", name, store_url=self._store_url)
            joined = await self._watch(child, name)
            life += 1
            failures = 0 if joined and time.monotonic() - begun > _LIVED else failures + 1
            self._failures = failures
            self._report()
            await asyncio.sleep(_pause(failures))

    async def _watch(self, child: Any, name: str) -> bool:
        """Wait for the end of `child`; whether it ever joined the scheduler."""
        ended = asyncio.create_task(asyncio.to_thread(child.wait))
        joined = False
        while not ended.done():
            await asyncio.wait([ended], timeout=0.1 if not joined else None)
            if not joined and name in self._scheduler.aliases:
                joined, self._failures = True, 0
                self._report()
        child.stdin.close()
        return joined

    def _report(self) -> None:
        say(workers=len(self._scheduler.workers), failures=self._failures)


def say(**message: Any) -> None:
    """Tell the parent one thing."""
    print(json.dumps(message), flush=True)


def _pause(failures: int) -> float:
    """Seconds to wait after so many failures to start in a row."""
    return min(2.0 ** min(failures - 1, 10) - 1.0, _LONGEST_PAUSE) if failures else 0.0


async def keep_solver(store_url: str) -> NoReturn:
    """Start the solver, and again whenever it has died; by its name it goes on with the question at which it died."""
    name, failures = secrets.token_hex(8), 0
    while True:
        begun = time.monotonic()
        child: Any = start("core.workers.solver", "--name", name, store_url=store_url)
        await asyncio.to_thread(child.wait)
        child.stdin.close()
        failures = 0 if time.monotonic() - begun > _LIVED else failures + 1
        await asyncio.sleep(_pause(failures))


async def serve(store_url: str, workers: int) -> None:
    """Run the scheduler, on this machine's own network alone, its workers and the solver, until this process is ended."""
    if not workers:
        say(address=None)
        await keep_solver(store_url)
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False, dashboard_address=_NO_HTTP) as scheduler:
        say(address=scheduler.address)
        supervisor = Supervisor(scheduler, store_url)
        await asyncio.gather(keep_solver(store_url), *(supervisor.keep(index) for index in range(workers)))


def main() -> None:
    (workers,) = sys.argv[1:]
    configure()
    asyncio.run(serve(default_url(), int(workers)))


if __name__ == "__main__":
    main()
