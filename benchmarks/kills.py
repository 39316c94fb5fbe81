"""Claim: kill −9 of workers and servers corrupts nothing, and the final weights are those of a run left in peace, bit for bit.

`python benchmarks/kills.py [--workers 20] [--servers 5] [--steps N] [--seed S]` trains one experiment in peace and once under fire, and
prints what happened as JSON. It exits with 1 where the claim does not hold.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psutil

from core.experiment.making import experiment_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.problem.reading.reading import load
from core.store import RunStore
from core.workers.cluster import Cluster

SETTINGS = {"depth": 3, "width": 24, "points": 500, "condition_points": 50}
PATIENCE = 60.0  # seconds for a killed run to take its next step


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=20, help="how many times a worker is killed")
    parser.add_argument("--servers", type=int, default=5, help="how many times a server is killed")
    parser.add_argument("--steps", type=int, default=20_000, help="training steps of the run")
    parser.add_argument("--seed", type=int, default=0, help="fixes the order and the moments of the kills")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(options.serve)
    with tempfile.TemporaryDirectory() as folder:
        result = measure(options, Path(folder) / "runs.db")
    print(json.dumps(result, indent=2))
    return 0 if result["identical"] and result["integrity"] == "ok" and result["left over"] == 0 else 1


def serve(url: str) -> int:
    """What a server does for training, without its pages."""
    cluster = Cluster(url, workers=2)
    cluster.start()
    while True:
        time.sleep(60)


def start_server(url: str) -> psutil.Process:
    return psutil.Process(subprocess.Popen([sys.executable, __file__, "--serve", url]).pid)


def workers(server: psutil.Process) -> list[psutil.Process]:
    return [child for child in server.children(recursive=True) if "core.running.worker" in child.cmdline()]


def measure(options: argparse.Namespace, path: Path) -> dict[str, object]:
    store = RunStore(f"sqlite:///{path}")
    experiment = experiment_of(load("burgers"), settings={**SETTINGS, "steps": options.steps})
    dice = random.Random(options.seed)
    server = start_server(store.url)
    peaceful = store.create(experiment).id
    begun = time.monotonic()
    while store.get(peaceful).status != "done":
        time.sleep(0.2)
    in_peace = time.monotonic() - begun

    kills = ["worker"] * options.workers + ["server"] * options.servers
    dice.shuffle(kills)
    fired_at = store.create(experiment).id
    begun, left_over, recoveries = time.monotonic(), 0, []
    for kill in kills:
        recoveries.append(wait_for_progress(store, fired_at))
        time.sleep(dice.uniform(0.0, 3.0))
        if store.get(fired_at).status == "done":
            raise SystemExit("The run was done before the last kill: give it more --steps.")
        if kill == "server":
            family = [server, *server.children(recursive=True)]
            server.kill()
            _, alive = psutil.wait_procs(family, timeout=3)
            left_over += len(alive)
            server = start_server(store.url)
        else:
            worker_of(path, fired_at, workers(server)).kill()
        print(f"killed a {kill} at step {store.get(fired_at).step}", file=sys.stderr)
    while store.get(fired_at).status != "done":
        time.sleep(0.2)
    under_fire = time.monotonic() - begun
    server.kill()

    ends = [store.checkpoint(run) for run in (peaceful, fired_at)]
    assert ends[0] is not None and ends[1] is not None
    with closing(sqlite3.connect(path)) as connection:
        (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
    return {
        "kills": {"worker": options.workers, "server": options.servers},
        "steps": options.steps,
        "seconds in peace": round(in_peace, 1),
        "seconds under fire": round(under_fire, 1),
        "median recovery": round(sorted(recoveries)[len(recoveries) // 2], 1),
        "longest recovery": round(max(recoveries), 1),
        "sha256": [hashlib.sha256(end.data).hexdigest() for end in ends],
        "identical": ends[0].data == ends[1].data and bool((store.losses(peaceful) == store.losses(fired_at)).all()),
        "integrity": integrity,
        "left over": left_over,
    }


def wait_for_progress(store: RunStore, run: str) -> float:
    """Wait until the run takes a step; the seconds that took."""
    begun, step = time.monotonic(), store.get(run).step
    while store.get(run).step == step:
        if time.monotonic() - begun > PATIENCE:
            raise SystemExit(f"The run has not gone on for {PATIENCE:.0f} s.")
        time.sleep(0.05)
    return time.monotonic() - begun


def worker_of(path: Path, run: str, servers_workers: list[psutil.Process]) -> psutil.Process:
    """The process that trains the run."""
    with closing(sqlite3.connect(path)) as connection:
        (owner,) = connection.execute("SELECT owner FROM runs WHERE id = ?", [run]).fetchone()
    return next(process for process in servers_workers if process.pid == int(owner.rpartition(":")[2]))


if __name__ == "__main__":
    sys.exit(main())
