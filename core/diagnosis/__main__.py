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
from core.store.moments import VALIDATION, header_of


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
        held(totals, _validation(store, run_id)) if run.experiment.validation else None,
    )


def _validation(store: RunStore, run_id: str) -> dict[int, float]:
    """The loss at data that are held out, by the step, as the moments of a run's film tell it; not that of the best network, at the end."""
    headers = [header_of(store.moment(run_id, step)) for step in store.steps(run_id)]
    return {header["step"]: header[VALIDATION] for header in headers if header.get(VALIDATION) is not None and "best" not in header}


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
