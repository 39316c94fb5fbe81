"""A worker: a process that trains one run at a time, with torch loaded and warm before the first run arrives.

`python -m core.running.worker ADDRESS --store URL` joins the scheduler at ADDRESS, from this or another machine, and leaves when that ends.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import tempfile
import threading
from contextlib import suppress

import torch._dynamo  # noqa: F401  Adam imports it at its first step, which takes seconds
from distributed import Worker
from distributed.comm.addressing import get_address_host

import core.running.runner  # noqa: F401  loaded before the first run needs it
from core.engines import kernel
from core.errands import logs
from core.errors import TangenteError
from core.experiment.making import experiment_of
from core.loss.losses import Losses
from core.problem.reading.reading import load
from core.running.dask_settings import configure
from core.running.display import MOMENT, Display, State
from core.store import Device, RunStore, default_url
from core.store.moments import pack
from core.training.devices import labels, torch_device
from core.training.training import train

log = logging.getLogger(__name__)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PUBLISH_EVERY = 5.0  # seconds


def warm_up() -> None:
    """Train for one step and draw its moments, so that a run finds everything loaded that is loaded lazily."""
    experiment = experiment_of(load("burgers"), settings={"points": 16, "condition_points": 16, "steps": 1, "device": "cpu"})
    display = Display(experiment, Losses(experiment, torch_device("cpu")), lambda: None)
    for snapshot in train(experiment):
        pack({}, display.draw(State.of(snapshot), snapshot.losses.numpy(), MOMENT).fields)
        display.glance(snapshot.network)
        snapshot.checkpoint()


def compile_kernels() -> None:
    """Compile what plain perceptrons are trained by, or read it from the disk: until it is there, runs do without."""
    for precision in kernel.PRECISIONS:
        kernel.sound(precision)


def identity() -> str:
    """A name for this process that no other has, on any machine."""
    return f"{socket.gethostname()}:{os.getpid()}"


def publish(store_url: str, ended: threading.Event) -> None:
    """Keep this worker's devices fresh in the store until `ended`."""
    store = RunStore(store_url)
    worker = identity()
    devices = tuple(Device(name, label, worker) for name, label in labels().items())
    while True:
        with suppress(TangenteError):  # a full disk or a lost database: those who train say so; the devices come back with it
            store.publish_devices(worker, devices)
        if ended.wait(_PUBLISH_EVERY):
            return


async def serve(address: str, name: str | None) -> None:
    """Work for the scheduler at `address` until it ends or sends this worker away."""
    resources = dict.fromkeys(labels(), 1.0)
    host = get_address_host(address)
    async with Worker(
        address,
        host=host if host in _LOOPBACK else None,  # a worker takes code: one of this machine's scheduler listens to this machine alone
        nthreads=1,
        name=name,
        resources=resources,
        memory_limit=0,
        local_directory=tempfile.gettempdir(),
        dashboard=False,
        dashboard_address="127.0.0.1:0",
        death_timeout=30,
    ) as worker:
        await worker.finished()


def work(address: str, store_url: str, name: str | None = None) -> None:
    """Join the scheduler at `address`, and train its runs until it ends."""
    configure()
    logs.begin()
    warm_up()
    threading.Thread(target=compile_kernels, name="compile-kernels", daemon=True).start()
    ended = threading.Event()
    threading.Thread(target=publish, args=(store_url, ended), name="publish-devices", daemon=True).start()
    asyncio.run(serve(address, name))
    ended.set()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.running.worker", description="Train runs for a scheduler.")
    parser.add_argument("address", help="the scheduler's address, tcp://HOST:PORT")
    parser.add_argument("--store", default=default_url(), metavar="URL", help="the store (default: $TANGENTE_STORE)")
    parser.add_argument("--name", help="a name that no other worker of this scheduler has")
    given = parser.parse_args()
    work(given.address, given.store, given.name)


if __name__ == "__main__":
    main()
