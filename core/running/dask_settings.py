"""How Dask is set up, in every process that uses it."""

from __future__ import annotations

import logging

import dask.config

CONFIGURATION = {
    # A worker killed under a run is none of the run's doing: the runner counts the attempts itself, across schedulers.
    "distributed.scheduler.allowed-failures": 1_000_000,
    # A run waits in the scheduler's queue, ordered by priority, until a worker is free; never behind another run on one worker.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.http.routes": [],
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    # A long step holds the interpreter and delays the event loop; that is expected and no cause for a warning.
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.tick.limit": "1h",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.diagnostics.nvml": False,
}
"""Settings of Dask for scheduler, workers and client, in code: no file on the machine need exist, and none decides."""


def configure() -> None:
    """Apply `CONFIGURATION` to this process, and let Dask speak up only when something is wrong."""
    dask.config.set(CONFIGURATION)
    logging.getLogger("distributed").setLevel(logging.WARNING)
