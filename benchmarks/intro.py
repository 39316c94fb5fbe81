"""Make the film that welcomes a visitor: `python -m benchmarks.intro`.

It trains the problem with which the page opens as the preset Watch has it, through the store as any run, and writes the moments that the
run keeps to dashboard/server/intro.film, thinned to those that differ.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from core.running import runner
from core.store import RunStore, moments
from core.store.film import Numbered
from dashboard.server import films, intro

MOST = 90
"""Moments, so that the film takes six seconds."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(f"sqlite:///{Path(folder) / 'runs.db'}")
        run = store.create(experiment_of(load(intro.PROBLEM), preset="watch"))
        status = runner.run(store.url, run.id)
        run = store.get(run.id)
        kept = thinned(sorted(store.moments(run.id, 0, 10_000, 10**9), key=lambda item: item[1]))
        first: Numbered = (0, 0, films.losses(store, run))
        intro.FILE.write_bytes(films.piece([first, *kept]))
        store.close()
    print(f"{status}: {len(kept)} moments, {intro.FILE.stat().st_size / 1000:.0f} kB, relative L2 error {run.relative_l2}")


def thinned(kept: list[Numbered]) -> list[Numbered]:
    """A choice of at most `MOST` moments: the first, the last, and those that come after the greatest changes, as far as these add up
    evenly."""
    if len(kept) <= MOST:
        return kept
    changes = [float(moments.header_of(data).get("change") or 0.0) for _, _, data in kept]
    gone, whole = 0.0, sum(changes)
    chosen = [kept[0]]
    for item, change in zip(kept[1:-1], changes[1:-1], strict=True):
        gone += change
        if gone >= whole * len(chosen) / (MOST - 1):
            chosen.append(item)
    return [*chosen, kept[-1]]


if __name__ == "__main__":
    main()
