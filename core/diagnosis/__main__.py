"""An errand: measure what may be wrong with a run of the store that `TANGENTE_STORE` names.

    python -m core.diagnosis RUN

The events (`core/errands/batch.py`): `progress` with how many of how many `parts` are `done`; then `measured`, with the `measures`.
"""

from __future__ import annotations

import argparse

import numpy as np

from core.diagnosis.history import held, history
from core.diagnosis.measuring import checked
from core.diagnosis.quantities import Measures
from core.errands.telling import end_with_parent, tell
from core.running import process
from core.store import RunStore


def measure(store: RunStore, run_id: str) -> Measures:
    """All that is measured of a run; raises `InputError` where there is none of that id."""
    run = store.get(run_id)
    rows = store.losses(run.id)[1:]  # after each step
    weights = np.array([weight for _, weight in run.experiment.weights])
    totals = rows.reshape(-1, len(weights)).astype(np.float64) @ weights
    saved = store.checkpoint(run.id)
    return Measures(
        history(totals),
        checked(run.experiment, saved, _told) if saved else None,
        held(totals, store.held_out(run_id)) if run.experiment.validation else None,
    )


def _told(done: int, parts: int) -> None:
    tell("progress", done=done, parts=parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.diagnosis")
    parser.add_argument("run")
    given = parser.parse_args()
    end_with_parent()
    process.prepare()
    tell("measured", measures=measure(RunStore(), given.run).plain())


if __name__ == "__main__":
    main()
